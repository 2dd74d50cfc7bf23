"""Tieout: finance workflow sync between ERP, payroll and expense platforms."""
