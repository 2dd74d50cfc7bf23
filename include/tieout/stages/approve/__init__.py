"""approve: who may approve, bound to what they saw."""
