"""Revisions: ids and one call each."""
