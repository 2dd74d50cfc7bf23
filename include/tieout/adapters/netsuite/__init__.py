"""The NetSuite ledger: REST records for writing, SuiteQL for reading."""

from tieout.adapters.netsuite.ledger import NetSuiteLedger
from tieout.adapters.netsuite.posting import EntityInLedger
from tieout.adapters.netsuite.queries import load_statements

__all__ = ["EntityInLedger", "NetSuiteLedger", "load_statements"]
