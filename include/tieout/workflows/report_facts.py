"""Read what a data-quality report states of one entity and period, in one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.company import Entity
from tieout.finance.periods import AccountingPeriod
from tieout.finance.states import IN_LEDGER
from tieout.reports import facts
from tieout.reports.causes import SMALLEST_GROUP, told, too_few
from tieout.reports.figures import words
from tieout.warehouse.store import Row, Work
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office

#: Journals that count for nothing any more.
GONE: Final = ("superseded",)
_UNAPPROVED: Final = frozenset({"draft", "validated", "awaiting_approval", "rejected"})
_STAGES: Final[Mapping[str, str]] = {
    "held": facts.HELD,
    "excluded": facts.EXCLUDED,
    "carried_over": facts.CARRIED,
}
#: What the mail itself causes is no fact about the books.
_OWN_TROUBLE: Final = frozenset({"mail_refused"})

Sums = dict[tuple[str, str, str], list[tuple[str, int, int, int]]]


def read_facts(office: Office, entity: Entity, period: AccountingPeriod) -> facts.ReportFacts:
    """All figures of one report, as of one instant."""
    with office.warehouse.transaction() as work:
        work.run("report", "begin_facts")
        group = _smallest_group(office, work, entity, period)
        of = {"entity": entity.code, "period": period.code}
        waiting = work.rows("report", "uncertified", **of)
        kinds = {
            row["unit_key"]: row["kind"]
            for row in work.rows("report", "unit_kinds", period=period.code)
        }
        exceptions = _exceptions(office, work, entity, period)
        findings = work.rows("report", "findings", **of)
        return facts.ReportFacts(
            entity=entity,
            period=period,
            sums=_sums(work.rows("report", "line_sums", **of), waiting, group),
            certified=tuple(
                facts.Certified(**row) for row in work.rows("report", "certificates", **of)
            ),
            uncertified_count=sum(row["document_count"] for row in waiting),
            causes=_causes(exceptions, kinds, office, group),
            findings=_findings(findings),
            expectations=tuple(
                facts.FailedExpectation(
                    row["unit_key"], row["expectation"], row["severity"], row["observed"]
                )
                for row in work.rows("report", "failed_expectations", **of)
            ),
            tie_out=_tie_out(work, entity, period),
            journals=tuple(
                facts.JournalFact(**{**row, "correlation_id": str(row["correlation_id"])})
                for row in work.rows("report", "journals", gone=list(GONE), **of)
            ),
            batches=tuple(facts.BatchFact(**row) for row in work.rows("report", "batches", **of)),
            items=_items(exceptions, findings),
        )


def _smallest_group(office: Office, work: Work, entity: Entity, period: AccountingPeriod) -> int:
    """The policy's group size for pay, or the mail's own where no policy is stated."""
    try:
        policy = known_mappings(office, work, office.now()).best(
            "posting", entity.code, period.ends, journal_kind="payroll"
        )
    except ConfigurationError:
        # Two policies fit equally: the close tells that; the report stays on the safe side.
        return SMALLEST_GROUP
    stated = "" if policy is None else policy["small_group_k"]
    return int(stated) if stated.isdigit() else SMALLEST_GROUP


def _stage(row: Row) -> str:
    if row["state"] != "built":
        return _STAGES[row["state"]]
    if row["journal_state"] in IN_LEDGER:
        return facts.BOOKED
    return facts.UNAPPROVED if row["journal_state"] in _UNAPPROVED else facts.UNDERWAY


def _sums(rows: Iterable[Row], waiting: Iterable[Row], group: int) -> tuple[facts.StageSum, ...]:
    found: Sums = defaultdict(list)
    for row in rows:
        rule = row["reason"].removeprefix("rule:")
        reason = "replaced by a corrected file" if rule.startswith("replaced_by_") else rule
        found[row["currency"], _stage(row), reason.replace("_", " ")].append(_parts(row))
    for row in waiting:
        found[row["currency"], facts.WAITING, ""].append(_parts(row))
    sums = []
    for currency, stage, reason in sorted(
        found, key=lambda key: (key[0], facts.STAGES.index(key[1]), key[2])
    ):
        parts = found[currency, stage, reason]
        debit, credit = sum(part[2] for part in parts), sum(part[3] for part in parts)
        pay_lines = sum(part[1] for part in parts if part[0] == "payroll")
        # What is built shows in journals anyway; what stands apart could be one person's pay.
        hidden = (
            stage not in facts.BUILT
            and too_few("payroll", pay_lines, group)
            and (debit, credit) != (0, 0)
        )
        sums.append(
            facts.StageSum(
                stage, reason, currency, sum(part[1] for part in parts),
                None if hidden else debit, None if hidden else credit,
            )
        )  # fmt: skip
    return tuple(sums)


def _parts(row: Row) -> tuple[str, int, int, int]:
    return row["kind"], row["line_count"], row["debit_minor"], row["credit_minor"]


def _exceptions(office: Office, work: Work, entity: Entity, period: AccountingPeriod) -> list[Row]:
    """The entity's exceptions, and open ones that belong to no entity we know.

    A cause that was opened and closed again on each run counts once, as it stands now.
    """
    newest: dict[tuple[str, ...], Row] = {}
    rows = work.rows("exceptions", "exceptions_of_period", period=period.code, state="")
    for row in sorted(rows, key=lambda row: row["id"]):
        ours = row["entity"] == entity.code
        homeless = row["entity"] not in office.company.entities
        still_open = row["state"] not in {"closed", "waived"}
        if row["code"] in _OWN_TROUBLE or not (ours or (homeless and still_open)):
            continue
        key = (row["object_kind"], row["object_key"], row["code"], row["cause_key"])
        newest[key] = row
    return list(newest.values())


def _causes(
    exceptions: Sequence[Row], kinds: Mapping[str, str], office: Office, group: int
) -> tuple[facts.Cause, ...]:
    grouped: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in exceptions:
        state = row["state"] if row["state"] in {"closed", "waived"} else "open"
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


def _findings(rows: Iterable[Row]) -> tuple[facts.FindingCount, ...]:
    counts: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows:
        title = told(row["code"], "", "A document", "") or words(row["code"]).capitalize()
        counts[row["code"], title, row["severity"]] += 1
    return tuple(
        facts.FindingCount(code, title, severity, count)
        for (code, title, severity), count in sorted(counts.items())
    )


def _tie_out(work: Work, entity: Entity, period: AccountingPeriod) -> facts.TieOut:
    run = work.row("tie_out", "last_run", entity=entity.code, period=period.code)
    if run is None:
        rows = work.rows(
            "report", "class_totals", entity=entity.code, period=period.code, gone=list(GONE)
        )
        return facts.TieOut("", "", None, tuple(_class_total(row) for row in rows))
    rows = work.rows("tie_out", "rows_of_run", run_id=run["id"])
    classes = tuple(_class_total(row) for row in rows)
    return facts.TieOut(run["state"], run["note"], run["compared_at"], classes)


def _class_total(row: Row) -> facts.ClassTotal:
    return facts.ClassTotal(
        row["component_class"], row["currency"].strip(), row["source_minor"],
        row["journal_minor"], row.get("ledger_minor"),
    )  # fmt: skip


def _items(exceptions: Iterable[Row], findings: Iterable[Row]) -> tuple[facts.Item, ...]:
    items = [
        facts.Item(
            row["id"], row["batch"], row["object_key"] if row["object_kind"] == "document" else "",
            None, row["code"], row["state"],
        )
        for row in exceptions
    ]  # fmt: skip
    items += [
        facts.Item(
            None, row["unit_key"], row["document"], row["line"], row["code"], row["severity"]
        )
        for row in findings
    ]
    return tuple(items)
