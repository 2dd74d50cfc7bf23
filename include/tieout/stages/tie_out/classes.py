"""tie_out: source, journal and ledger side by side, per class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tieout.finance.journals import Journal
from tieout.finance.ledger import LedgerEntry

#: Ledger lines under our id on an account that the journal does not use.
UNMATCHED = "unmatched"


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class with its three totals, signed, in minor units of `currency`."""

    component_class: str
    currency: str
    source_minor: int
    journal_minor: int
    ledger_minor: int

    @property
    def ties(self) -> bool:
        """Whether all three are equal."""
        return self.source_minor == self.journal_minor == self.ledger_minor


def compare_classes(
    journals: Iterable[Journal],
    source_totals: Mapping[str, Mapping[str, int]],
    entries: Iterable[LedgerEntry],
) -> list[ClassRow]:
    """Totals per class and currency.

    Args:
        journals: the journals that should be in the ledger.
        source_totals: external id → class → what its sources sum to.
        entries: what the ledger holds under those external ids.
    """
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    labels: dict[tuple[str, str], str] = {}
    for journal in journals:
        for name, amount in source_totals.get(journal.external_id, {}).items():
            totals[name, journal.currency][0] += amount
        for line in journal.lines:
            totals[line.component_class, journal.currency][1] += line.amount_minor
            labels[journal.external_id, line.account] = line.component_class
    for entry in entries:
        if not entry.posting:
            continue
        for ledger_line in entry.lines:
            name = labels.get((entry.external_id, ledger_line.account), UNMATCHED)
            totals[name, entry.currency][2] += ledger_line.amount_minor
    return [
        ClassRow(name, currency, source, journal_sum, ledger)
        for (name, currency), (source, journal_sum, ledger) in sorted(totals.items())
    ]
