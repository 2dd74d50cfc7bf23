"""A folder where providers leave pay run files, each with a manifest."""

from tieout.adapters.drop.source import DropSource, make

__all__ = ["DropSource", "make"]
