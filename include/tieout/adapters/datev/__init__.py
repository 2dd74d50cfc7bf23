"""DATEV booking batches (EXTF and DTVF): header, rows of account and contra account."""

from tieout.adapters.datev.profile import DatevProfile
from tieout.adapters.datev.reader import detect, read_file

__all__ = ["DatevProfile", "detect", "read_file"]
