"""A twin of an Oracle NetSuite account on the wire: sign-in, records, queries, jobs, periods.

Written from the vendor's published behaviour alone; it knows nothing of who calls it.
"""

from sandbox.netsuite.app import create_app
from sandbox.netsuite.clerk import control_routes

__all__ = ["control_routes", "create_app"]
