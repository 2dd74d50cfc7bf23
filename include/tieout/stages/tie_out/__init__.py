"""tie_out: source, journal and ledger side by side."""
