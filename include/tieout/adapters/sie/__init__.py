"""SIE 4 files (Sweden): vouchers with signed lines and dimensions."""

from tieout.adapters.sie.profile import SieProfile
from tieout.adapters.sie.reader import detect, read_file

__all__ = ["SieProfile", "detect", "read_file"]
