"""A twin of SAP Concur on the wire: tokens, financial documents, lists, users, reports, rates.

Written from Concur's published pages alone; it knows nothing of who calls it.
"""

from sandbox.concur.app import create_app
from sandbox.concur.control import control_routes

__all__ = ["control_routes", "create_app"]
