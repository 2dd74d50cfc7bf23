"""What a batch is expected to hold: measured, held at once where critical, recorded by its suite.

Pure but for `save_outcomes`: with and without a store the same rows give the same answers.
Snapshots, rates and journals of the store are checked in `tieout.workflows.record_checks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tieout.errors import Finding, Place
from tieout.finance.company import Company
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import AccountingPeriod
from tieout.finance.words import finding
from tieout.warehouse.store import Work

if TYPE_CHECKING:
    import polars as pl

    from tieout.contracts.measures import Before, Surroundings
    from tieout.contracts.suites import BatchRow, ExpectationOutcome
    from tieout.stages.validate.totals import DocumentTotals

_NET_PAY = "net_pay"


def surroundings(
    company: Company,
    mapping: MappingSet,
    provider: str,
    period: AccountingPeriod,
    *,
    before: Before | None = None,
    stated: Mapping[str, tuple[int | None, int | None]] | None = None,
) -> Surroundings:
    """What finance and the run before say of a provider's batch; see `Surroundings`."""
    from tieout.contracts.measures import Before, Surroundings

    rules = [row for row in mapping.table("accounts") if row["provider"] in {provider, "*", ""}]
    return Surroundings(
        entities=frozenset(company.entities),
        period=period,
        net_pay_codes=frozenset(
            row["source_code"] for row in rules if row["component_class"] == _NET_PAY
        ),
        covered_codes=frozenset(row["source_code"] for row in rules),
        before=before or Before(),
        stated=stated or {},
    )


def measured(
    kind: str, frame: pl.DataFrame, totals: Sequence[DocumentTotals], around: Surroundings
) -> list[BatchRow]:
    """One row of measures per document of a unit, from its typed rows and their totals."""
    from tieout.contracts.measures import measure_expenses, measure_pay

    measure = measure_pay if kind == "payroll" else measure_expenses
    own = measure(frame, around)
    drift = _line_drift(totals, around)
    return [asdict(total) | drift | own.get(total.document, {}) for total in totals]


def _line_drift(totals: Sequence[DocumentTotals], around: Surroundings) -> dict[str, int | None]:
    from tieout.contracts.measures import drift_percent

    lines = sum(total.line_count for total in totals)
    return {"drift_percent": drift_percent(lines, around.before.line_count)}


def must_wait(
    kind: str, rows: Sequence[BatchRow], names: Mapping[str, str], unit_key: str
) -> list[tuple[str, Finding]]:
    """Documents that break a critical expectation which no other finding tells: document → why."""
    from tieout.contracts.suites import blocking

    return [
        (
            str(row["document"]),
            finding(
                "expectation_failed",
                where=Place(names.get(str(row["document"]), "")),
                expectation=one.name,
                run=unit_key,
                found=f"{one.column} {_count(row, one.column)}",
            ),
        )
        for row, one in blocking(kind, rows)
    ]


#: Measures that are sums of money: what a small group was paid is somebody's pay.
_SUMS = frozenset({"debit", "credit", "net_pay"})


def _count(row: BatchRow, column: str) -> str:
    return "another sum" if column in _SUMS else str(row[column])


@dataclass(frozen=True, slots=True)
class Batch:
    """What outcomes are stored under.

    Attributes:
        key: the unit, the journal's external id, or the source and the day of a snapshot.
        kind: a key of `tieout.contracts.suites.SUITES`.
        entity: the entity it belongs to; empty for several.
    """

    key: str
    kind: str
    period: str
    entity: str = ""


def save_outcomes(
    work: Work, batch: Batch, outcomes: Sequence[ExpectationOutcome], at: datetime
) -> None:
    """Store what a suite said of a batch, with the suite's version; the newest answer stays."""
    from tieout.contracts.suites import SUITES

    suite = SUITES[batch.kind]
    work.run("validate", "forget_expectations", batch_key=batch.key, suite=suite.name)
    work.run_many(
        "validate",
        "save_expectation",
        [
            {
                "batch_key": batch.key,
                "entity": batch.entity,
                "period": batch.period,
                "suite": suite.name,
                "suite_version": suite.version,
                "expectation": outcome.expectation,
                "severity": outcome.severity,
                "success": outcome.success,
                "observed": outcome.observed,
                "at": at,
            }
            for outcome in outcomes
        ],
    )
