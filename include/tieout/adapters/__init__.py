"""One folder per outside system; behind the protocols of tieout.ports."""
