"""Compare a journal with what the ledger holds under its external id, line by line.

Lines are compared as a multiset, since a ledger may order them anew; amounts in the transaction
currency, exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from tieout.finance.journals import Journal
from tieout.finance.ledger import LedgerEntry
from tieout.finance.money import to_text

LineFace = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which the ledger's entry is not the journal.

    `kind`: entity, period, date, currency, posting, line_changed, line_missing, line_added.
    """

    kind: str
    expected: str
    found: str
    amount_minor: int
    line_ref: str = ""

    def text(self) -> str:
        """What a person reads."""
        return f"{self.kind.replace('_', ' ')}: {self.expected or '–'} is now {self.found or '–'}"


def differences(journal: Journal, entry: LedgerEntry) -> list[Difference]:
    """Every difference; empty when the ledger holds exactly the journal."""
    found: list[Difference] = []
    header = (
        ("entity", journal.key.entity, entry.entity),
        ("period", journal.key.period, entry.period),
        ("date", journal.accounting_date.isoformat(), entry.accounting_date.isoformat()),
        ("currency", journal.currency, entry.currency),
    )
    for kind, expected, actual in header:
        if expected != actual:
            found.append(Difference(kind, expected, actual, journal.debit_minor))
    return found + _line_differences(journal, entry)


def _line_differences(journal: Journal, entry: LedgerEntry) -> list[Difference]:
    ours: Counter[LineFace] = Counter(
        (line.account, line.cost_center, line.project, line.amount_minor) for line in journal.lines
    )
    theirs: Counter[LineFace] = Counter(
        (line.account, line.cost_center, line.project, line.amount_minor) for line in entry.lines
    )
    missing = sorted((ours - theirs).elements())
    added = sorted((theirs - ours).elements())
    refs = {
        (line.account, line.cost_center, line.project, line.amount_minor): line.line_ref
        for line in entry.lines
    }
    currency = journal.currency
    if len(missing) == len(added):
        return [
            Difference(
                "line_changed", _face(before, currency), _face(after, currency),
                max(abs(before[3] - after[3]), 0) or abs(after[3]), refs[after],
            )
            for before, after in _paired(missing, added)
        ]  # fmt: skip
    return [
        Difference("line_missing", _face(face, currency), "", abs(face[3])) for face in missing
    ] + [
        Difference("line_added", "", _face(face, currency), abs(face[3]), refs[face])
        for face in added
    ]


def _paired(
    missing: Sequence[LineFace], added: Sequence[LineFace]
) -> list[tuple[LineFace, LineFace]]:
    """Pair each missing line with the added one that shares most with it."""
    left = list(added)
    pairs = []
    for face in missing:
        best = max(left, key=lambda other: sum(a == b for a, b in zip(face, other, strict=True)))
        left.remove(best)
        pairs.append((face, best))
    return pairs


def _face(face: LineFace, currency: str) -> str:
    account, cost_center, project, amount = face
    side = "debit" if amount >= 0 else "credit"
    dimensions = "/".join(part for part in (account, cost_center, project) if part)
    return f"{dimensions} {side} {to_text(abs(amount), currency)} {currency}"
