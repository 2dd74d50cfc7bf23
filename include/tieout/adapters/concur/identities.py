"""What must hold between the amounts of one report; a violation blocks the report.

The identities stand in every published document of the platform: net of tax and net of reclaim
follow from gross and the tax rows; gross is positive exactly when the company pays; the journal
rows sum to the entry, the entries to the report. A report that breaks one was changed on its way
or is of a kind we don't know, so no journal is made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tieout.errors import Finding, Place
from tieout.finance.money import to_text
from tieout.finance.words import finding

#: The cure of a report that does not add up: only the platform can make a sound one.
SEND_BACK: Final = "Send the report back in the expense platform; a new approval makes a new one."


@dataclass(frozen=True, slots=True)
class TaxRow:
    """One tax of an allocation in minor units; `reclaim` is what the authority gives back."""

    guid: str
    authority: str
    code: str
    country: str
    tax_minor: int | None
    reclaim_minor: int | None


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One journal row of an allocation in minor units; none where an amount can't be read."""

    payer: str
    payee: str
    gross_minor: int | None
    net_of_tax_minor: int | None
    net_of_reclaim_minor: int | None
    taxes: tuple[TaxRow, ...]
    missing_guids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Checks:
    """The identities of one report.

    Attributes:
        document: what people call the report.
        currency: its reimbursement currency, known to ISO 4217.
    """

    document: str
    currency: str

    def of_row(self, row: JournalRow, line: int, path: str) -> Iterator[Finding]:
        """Identities of one journal row of entry `line`."""
        if row.missing_guids:
            yield finding(
                "value_unreadable",
                where=Place(self.document, line, f"{path}.taxGuid"),
                found=row.missing_guids[0],
                blocks="report",
                line=line,
                field=f"{path}.taxGuid",
                type="tax row of its allocation",
            )
            return
        tax = total([item.tax_minor for item in row.taxes])
        reclaim = total([item.reclaim_minor for item in row.taxes])
        yield from self._net(row, row.net_of_tax_minor, tax, line, f"{path}.amountNetOfTax")
        yield from self._net(
            row, row.net_of_reclaim_minor, reclaim, line, f"{path}.amountNetOfReclaim"
        )
        if row.gross_minor and (row.gross_minor > 0) != (row.payer == "COMP"):
            yield finding(
                "value_unreadable",
                where=Place(self.document, line, f"{path}.amountGross"),
                found=f"{to_text(row.gross_minor, self.currency)} paid by {row.payer}",
                blocks="report",
                line=line,
                field=f"{path}.amountGross",
                type="positive amount exactly when the company pays",
            )

    def equal(
        self, stated: int | None, read: int | None, line: int | None, path: str
    ) -> list[Finding]:
        """Nothing when both numbers are the same or one can't be known; else one finding."""
        if stated is None or read is None or stated == read:
            return []
        stated_text, read_text = to_text(stated, self.currency), to_text(read, self.currency)
        told = finding(
            "control_total_mismatch",
            where=Place(self.document, line, path),
            found=f"stated {stated_text}, read {read_text}",
            blocks="report",
            stated=f"{stated_text} ({path})",
            read=read_text,
        )
        return [replace(told, next_step=SEND_BACK)]

    def _net(
        self, row: JournalRow, net: int | None, off: int | None, line: int, path: str
    ) -> list[Finding]:
        if row.gross_minor is None or off is None:
            return []
        return self.equal(net, row.gross_minor - off, line, path)


def total(amounts: Sequence[int | None]) -> int | None:
    """The sum, or none when one of them is not known."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
