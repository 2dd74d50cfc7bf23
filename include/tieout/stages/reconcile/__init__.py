"""reconcile: source codes to ERP dimensions; what does not map is held."""
