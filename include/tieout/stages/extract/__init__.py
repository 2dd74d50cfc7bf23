"""extract: canonical frames and control totals of what arrived."""
