"""route: each approved expense to payroll, payables or card clearing."""
