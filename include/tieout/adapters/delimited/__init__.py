"""Delimited and fixed-width payroll files, read as their provider's profile says."""

from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.adapters.delimited.reader import detect, read_file

__all__ = ["DelimitedProfile", "detect", "read_file"]
