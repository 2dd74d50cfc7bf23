"""Immutable bytes by their hash, in a folder or a bucket."""

from tieout.adapters.objects.local import LocalObjects

__all__ = ["LocalObjects"]
