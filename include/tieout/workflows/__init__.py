"""One use case per verb: claim, load, decide, save, record."""
