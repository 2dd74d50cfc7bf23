"""Finance's nouns: immutable values and the tables of their states. Pure."""
