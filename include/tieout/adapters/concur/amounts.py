"""Amounts of one report: read exactly in minor units, or told."""

from __future__ import annotations

from dataclasses import dataclass, field

from tieout.adapters.concur.canonical import plain_decimal, text_of
from tieout.errors import Finding, Place, Severity
from tieout.finance.money import (
    AmountUnreadableError,
    CurrencyUnknownError,
    minor_digits,
    to_minor,
    to_text,
)
from tieout.finance.words import finding


@dataclass
class Amounts:
    """Reads the amounts of one report in its one currency and collects what can't be read.

    Attributes:
        document: what people call the report.
        currency: ISO code of the reimbursement currency; all journal amounts are in it.
        findings: one for each value that is no amount of the currency, in reading order.
    """

    document: str
    currency: str
    findings: list[Finding] = field(default_factory=list)
    currency_known: bool = field(init=False)

    def __post_init__(self) -> None:
        self.currency_known = self._known(self.currency)
        if not self.currency_known:
            self.findings.append(
                finding(
                    "currency_unknown",
                    where=Place(self.document, None, "report.employeeCurrencyAlphaCode"),
                    found=self.currency,
                    blocks="report",
                    currency=self.currency or "(empty)",
                )
            )

    def minor(self, value: object, line: int | None, name: str) -> int | None:
        """Minor units of `value` under the field `name`, or none.

        `line` is the number of the entry, from 1; none is the report's head.
        """
        if not self.currency_known:
            return None
        try:
            return to_minor(plain_text(value), self.currency)
        except AmountUnreadableError:
            self.findings.append(self._unreadable(value, line, name, self.currency))
            return None

    def text(self, amount_minor: int | None, value: object) -> str:
        """Canonical text of a read amount; what could not be read stays as found."""
        if amount_minor is None:
            return plain_text(value)
        return to_text(amount_minor, self.currency)

    def spend(self, value: object, currency: str, line: int) -> str:
        """The amount spent, as text of its own currency; never booked, so only warned about."""
        if value is None:
            return ""
        try:
            return to_text(to_minor(plain_text(value), currency), currency)
        except CurrencyUnknownError:
            self.findings.append(
                finding(
                    "currency_unknown",
                    where=Place(self.document, line, "entryCurrAlphaCode"),
                    found=currency,
                    blocks="nothing",
                    severity=Severity.WARNING,
                    currency=currency or "(empty)",
                )
            )
        except AmountUnreadableError:
            self.findings.append(
                self._unreadable(
                    value, line, "reportEntryTransactionAmount", currency, Severity.WARNING
                )
            )
        return plain_text(value)

    def _known(self, currency: str) -> bool:
        try:
            minor_digits(currency)
        except CurrencyUnknownError:
            return False
        return True

    def _unreadable(
        self,
        value: object,
        line: int | None,
        name: str,
        currency: str,
        severity: Severity = Severity.CRITICAL,
    ) -> Finding:
        return finding(
            "value_unreadable",
            where=Place(self.document, line, name),
            found=text_of(value)[:40] or "(empty)",
            blocks="report" if severity is Severity.CRITICAL else "nothing",
            severity=severity,
            line="of the report's head" if line is None else line,
            field=name,
            type=f"amount of {currency}",
        )


def plain_text(value: object) -> str:
    """Plain decimal text of `0E-8` and its like; anything that is no number stays as it is."""
    number = plain_decimal(value)
    return text_of(value) if number is None else f"{number:f}"
