"""Mails, charts and spreadsheets for finance."""
