"""Read what a data-quality report states of one entity and period, in one snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.company import Entity
from tieout.finance.periods import AccountingPeriod
from tieout.finance.states import IN_LEDGER
from tieout.reports import facts
from tieout.reports.causes import SMALLEST_GROUP, told, too_few
from tieout.reports.figures import words
from tieout.warehouse.store import Row, Work
from tieout.workflows.alignment import newest
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.readiness import gate_of
from tieout.workflows.report_causes import causes_of, exceptions_of

#: Journals that count for nothing any more.
GONE: Final = ("superseded",)
_UNAPPROVED: Final = frozenset({"draft", "validated", "awaiting_approval", "rejected"})
_STAGES: Final[Mapping[str, str]] = {
    "held": facts.HELD,
    "excluded": facts.EXCLUDED,
    "carried_over": facts.CARRIED,
}

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
        exceptions = exceptions_of(office, work, entity, period)
        findings = work.rows("report", "findings", **of)
        return facts.ReportFacts(
            entity=entity,
            period=period,
            sums=_sums(work.rows("report", "line_sums", **of), waiting, group),
            certified=tuple(
                facts.Certified(**row) for row in work.rows("report", "certificates", **of)
            ),
            uncertified_count=sum(row["document_count"] for row in waiting),
            causes=causes_of(exceptions, kinds, office, group),
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
            alignment=_alignment(office, work, entity, period, group),
        )


def _alignment(
    office: Office, work: Work, entity: Entity, period: AccountingPeriod, group: int
) -> facts.AlignmentFact | None:
    """The newest comparison of the entity's people; amounts only where enough stand behind them."""
    row = newest(work, period.code, entity.code)
    if row is None:
        return None
    mapping = known_mappings(office, work, office.now())
    try:
        gate = gate_of(work, mapping, entity.code, period.code, "payroll").why
    except ConfigurationError as error:
        gate = error.message
    apart = row["headcount"] - row["aligned_count"]
    hidden = 0 < apart < max(group, SMALLEST_GROUP)
    return facts.AlignmentFact(
        row["headcount"], row["aligned_count"], row["differs_count"], row["missing_count"],
        row["unpaid_count"], row["unknown_count"],
        tuple(sorted(row["reasons"].items(), key=lambda pair: (-pair[1], pair[0]))),
        str(row["currency"]),
        None if hidden else row["pay_at_risk_minor"],
        None if hidden else row["expense_at_risk_minor"],
        gate,
    )  # fmt: skip


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
