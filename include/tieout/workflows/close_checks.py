"""What must be in the ledger before a period may be signed, beside that it ties."""

from __future__ import annotations

from tieout.errors import Finding
from tieout.finance.money import to_text
from tieout.finance.words import finding
from tieout.warehouse.store import Work


def missing_reversals(work: Work, entity: str, period: str) -> list[Finding]:
    """Accruals of earlier periods that this one must take back and has not: one finding each."""
    return [
        finding(
            "reversal_missing",
            journal=row["accrual"],
            period=period,
            amount=f"{to_text(row['debit_minor'], row['currency'])} {row['currency']}",
            found=f"{row['reversal']} is {row['reversal_state']}" if row["reversal"] else "none",
        )
        for row in work.rows("tie_out", "missing_reversals", entity=entity, period=period)
    ]


def incomplete_pairs(work: Work, entity: str, period: str) -> list[Finding]:
    """Journals that are not in the ledger while others that they go together with are."""
    return [
        finding(
            "pair_incomplete",
            journal=row["external_id"],
            pair=row["pair"],
            amount=f"{to_text(row['debit_minor'], row['currency'])} {row['currency']}",
            found=row["state"],
        )
        for row in work.rows("tie_out", "incomplete_pairs", entity=entity, period=period)
    ]


def what_bars_signing(work: Work, entity: str, period: str) -> list[Finding]:
    """Everything about journals that go together that keeps a period from being signed."""
    return [*missing_reversals(work, entity, period), *incomplete_pairs(work, entity, period)]
