"""FEC files (France): the audit file's layout, reused by bureaus for the monthly payroll entry."""

from tieout.adapters.fec.profile import FecProfile
from tieout.adapters.fec.reader import detect, read_file

__all__ = ["FecProfile", "detect", "read_file"]
