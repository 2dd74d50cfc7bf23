"""Typed settings and the files finance writes; wrong ones fail before the first task."""
