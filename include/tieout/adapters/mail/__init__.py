"""Outgoing mail."""

from tieout.adapters.mail.smtp import SmtpMailRoom

__all__ = ["SmtpMailRoom"]
