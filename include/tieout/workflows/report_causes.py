"""Exceptions of a period as a report tells them: grouped by cause, without people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from tieout.finance.company import Entity
from tieout.finance.periods import AccountingPeriod
from tieout.reports import facts
from tieout.reports.causes import told, too_few
from tieout.warehouse.store import Row, Work
from tieout.workflows.office import Office

#: What the mail itself causes is no fact about the books.
_OWN_TROUBLE: Final = frozenset({"mail_refused"})
_SETTLED: Final = frozenset({"closed", "waived"})


def exceptions_of(
    office: Office, work: Work, entity: Entity, period: AccountingPeriod
) -> list[Row]:
    """The entity's exceptions, and open ones that belong to no entity we know.

    A cause that was opened and closed again on each run counts once, as it stands now.
    """
    newest: dict[tuple[str, ...], Row] = {}
    rows = work.rows("exceptions", "exceptions_of_period", period=period.code, state="")
    for row in sorted(rows, key=lambda row: row["id"]):
        ours = row["entity"] == entity.code
        homeless = row["entity"] not in office.company.entities
        still_open = row["state"] not in _SETTLED
        if row["code"] in _OWN_TROUBLE or not (ours or (homeless and still_open)):
            continue
        key = (row["object_kind"], row["object_key"], row["code"], row["cause_key"])
        newest[key] = row
    return list(newest.values())


def causes_of(
    exceptions: Sequence[Row], kinds: Mapping[str, str], office: Office, group: int
) -> tuple[facts.Cause, ...]:
    """Causes, the most urgent first; `kinds` tells what each unit is made of."""
    grouped: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in exceptions:
        state = row["state"] if row["state"] in _SETTLED else "open"
        kind = kinds.get(row["batch"] or row["object_key"], "")
        title = told(row["code"], row["title"], row["object_key"], kind)
        wide = row["entity"] not in office.company.entities
        grouped[row["code"], title, state, row["severity"], row["owner_role"], wide].append(row)
    causes = [_cause(key, rows, kinds, group) for key, rows in grouped.items()]
    return tuple(sorted(_without_residue(causes), key=_urgency))


def _cause(
    key: tuple[object, ...], rows: Sequence[Row], kinds: Mapping[str, str], group: int
) -> facts.Cause:
    code, title, state, severity, owner, wide = key
    counts: dict[str, int] = defaultdict(int)
    amounts: dict[str, int] = defaultdict(int)
    hidden: set[str] = set()
    for row in rows:
        currency = row["currency"].strip()
        amounts[currency] += row["at_risk_minor"]
        # A unit's exception counts source lines; a journal's or a comparison's counts itself.
        if row["object_kind"] == "unit" and kinds.get(row["object_key"]) == "payroll":
            counts[currency] += row["item_count"]
    for currency, pay_lines in counts.items():
        if too_few("payroll", pay_lines, group):
            hidden.add(currency)
    return facts.Cause(
        code=str(code),
        title=str(title),
        severity=str(severity),
        state=str(state),
        item_count=sum(row["item_count"] for row in rows),
        at_risk=tuple(
            facts.AtRisk(currency, None if currency in hidden else amount)
            for currency, amount in sorted(amounts.items())
            if currency and amount
        ),
        owner=str(owner),
        due_at=min((row["due_at"] for row in rows if row["due_at"]), default=None),
        blocks="; ".join(sorted({row["blocks"] for row in rows})) if len(rows) < 4 else "",
        next_step=rows[0]["next_step"],
        batches=tuple(sorted({row["batch"] for row in rows if row["batch"]})),
        how="; ".join(sorted({row["closed_how"] for row in rows if row["state"] == "closed"})),
        company_wide=bool(wide),
    )


def _without_residue(causes: list[facts.Cause]) -> list[facts.Cause]:
    """One hidden amount among shown ones is their sum's rest: hide the smallest beside it too."""
    hidden = {at.currency for cause in causes for at in cause.at_risk if at.amount_minor is None}
    for currency in hidden:
        places = [
            (at.amount_minor is None, abs(at.amount_minor or 0), index)
            for index, cause in enumerate(causes)
            for at in cause.at_risk
            if at.currency == currency and cause.state == "open"
        ]
        if sum(unseen for unseen, _, _ in places) != 1 or len(places) < 2:
            continue
        _, _, index = min(place for place in places if not place[0])
        causes[index] = _hide(causes[index], currency)
    return causes


def _hide(cause: facts.Cause, currency: str) -> facts.Cause:
    return replace(
        cause,
        at_risk=tuple(
            facts.AtRisk(currency, None) if at.currency == currency else at for at in cause.at_risk
        ),
    )


def _urgency(cause: facts.Cause) -> tuple[object, ...]:
    due = cause.due_at.timestamp() if cause.due_at else float("inf")
    largest = max((at.amount_minor or 0 for at in cause.at_risk), default=0)
    return cause.state != "open", cause.severity != "critical", due, -largest, cause.title
