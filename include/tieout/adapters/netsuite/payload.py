"""The body of a journal for NetSuite, exact to the minor unit, or every reason why there is none.

Only fields that we mean to set are sent: a read-only or unknown one would refuse the whole journal.
The posting period is always explicit, since NetSuite would choose one by preference otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from tieout.adapters.netsuite.reference_index import ReferenceIndex, Unresolved
from tieout.finance.journals import Journal, JournalLine
from tieout.finance.ledger import LedgerPeriod, ReferenceObject
from tieout.finance.money import minor_digits, to_decimal

#: What NetSuite can address in a URL; upper case only, since it compares in two ways.
_EXTERNAL_ID: Final = re.compile(r"^[A-Z0-9_-]{1,64}$")
_LONGEST_MEMO: Final = 999
_REASONS_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Target:
    """Where a journal goes: NetSuite's subsidiary id and the open period that takes it."""

    subsidiary: str
    period: LedgerPeriod


def journal_memo(journal: Journal) -> str:
    """The header memo: the journal's own, our key, and the correlation id of its chain.

    The key stands here a second time because another integration may change external ids.
    """
    tail = f" {key_mark(journal.external_id)} [{journal.correlation_id}]"
    return journal.memo[: _LONGEST_MEMO - len(tail)] + tail


def key_mark(external_id: str) -> str:
    """Our key as it stands in a memo."""
    return f"[{external_id}]"


def line_memo(line: JournalLine) -> str:
    """The line memo: `#12 Wages`; the number ties a ledger line to ours whatever its order."""
    return f"#{line.number} {line.description}"[:_LONGEST_MEMO]


def journal_body(
    journal: Journal, target: Target, index: ReferenceIndex
) -> dict[str, Any] | Unresolved:
    """The JSON body with amounts as `Decimal`, or the refusal that NetSuite would give later."""
    problems: list[Unresolved] = []
    if _EXTERNAL_ID.match(journal.external_id) is None:
        problems.append(Unresolved("erp_value_refused", f"external id {journal.external_id}"))
    currency = _kept(index.resolve("currency", journal.currency, ""), problems)
    problems += _lost_decimals(journal, index)
    lines = [_line_body(line, journal, index, problems) for line in journal.lines]
    if problems:
        return _one_refusal(problems)
    return {
        "externalId": journal.external_id,
        "subsidiary": {"id": target.subsidiary},
        "tranDate": journal.accounting_date.isoformat(),
        "postingPeriod": {"id": target.period.ref},
        "currency": {"id": currency},
        "memo": journal_memo(journal),
        "line": {"items": lines},
    }


def _line_body(
    line: JournalLine, journal: Journal, index: ReferenceIndex, problems: list[Unresolved]
) -> dict[str, Any]:
    entity = journal.key.entity
    if line.amount_minor == 0:
        problems.append(Unresolved("erp_value_refused", f"line {line.number} has no amount"))
    side = "debit" if line.amount_minor > 0 else "credit"
    body: dict[str, Any] = {
        "account": {"id": _kept(index.resolve("account", line.account, entity), problems)},
        side: to_decimal(abs(line.amount_minor), journal.currency),
        "memo": line_memo(line),
    }
    if line.cost_center:
        found = index.resolve("cost_center", line.cost_center, entity)
        body["department"] = {"id": _kept(found, problems)}
    if line.project:
        body["class"] = {"id": _kept(index.resolve("project", line.project, entity), problems)}
    return body


def _lost_decimals(journal: Journal, index: ReferenceIndex) -> list[Unresolved]:
    """NetSuite may keep fewer decimals of a currency than ISO 4217 gives it; it would round."""
    kept = index.precision(journal.currency)
    if kept is None or kept >= minor_digits(journal.currency):
        return []
    step = 10 ** (minor_digits(journal.currency) - kept)
    return [
        Unresolved(
            "erp_value_refused",
            f"line {line.number}: NetSuite keeps {kept} decimals of {journal.currency}",
        )
        for line in journal.lines
        if line.amount_minor % step
    ]


def _kept(found: ReferenceObject | Unresolved, problems: list[Unresolved]) -> str:
    if isinstance(found, Unresolved):
        if found not in problems:
            problems.append(found)
        return ""
    return found.ref


def _one_refusal(problems: Sequence[Unresolved]) -> Unresolved:
    """All reasons in one: finance corrects them together, not one per attempt."""
    told = "; ".join(each.reason for each in problems[:_REASONS_TOLD])
    more = len(problems) - _REASONS_TOLD
    return Unresolved(problems[0].code, f"{told}; and {more} more" if more > 0 else told)
