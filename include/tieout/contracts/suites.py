"""What is expected of a whole batch, one suite per kind with its version, stated as data.

A batch is a pay run, an intake of expenses, a snapshot of employees, a table of rates or a journal.
It comes as rows of counts and sums, one per document (a row's own rules are the row contracts'
matter). `tieout.contracts.expectations` runs a suite with Great Expectations, for the record;
`broken` answers from the same statements at once, so that a stage can hold what must wait without
that library's import. A test keeps both answers equal.

A *critical* expectation blocks the batch, a *warning* is noted. A value that nobody states (None)
breaks nothing. Results hold counts, never a person's amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

CRITICAL: Final = "critical"
WARNING: Final = "warning"

#: One row of a batch: measure → value; integers, or text for codes.
BatchRow = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Expected:
    """One expectation on a measure of each row.

    Attributes:
        name: what holds, in finance's words.
        severity: `critical` or `warning`.
        column: the measure it looks at.
        equals: another measure that it must equal; empty: bounds or `never` decide.
        low: smallest value; None: any.
        high: largest value; None: any.
        never: texts that may not stand there.
        told_by: code of the finding that tells the same trouble in full; empty: none does.
    """

    name: str
    severity: str
    column: str
    equals: str = ""
    low: int | None = None
    high: int | None = None
    never: tuple[str, ...] = ()
    told_by: str = ""

    def holds(self, row: BatchRow) -> bool:
        """Whether the row meets it; a measure that is None or absent can't break it."""
        value = row.get(self.column)
        if value is None:
            return True
        if self.equals:
            other = row.get(self.equals)
            return other is None or value == other
        if self.never:
            return value not in self.never
        number = int(str(value))
        return (self.low is None or number >= self.low) and (
            self.high is None or number <= self.high
        )


@dataclass(frozen=True, slots=True)
class Suite:
    """The expectations on one kind of batch.

    Attributes:
        version: raised with every change of what is expected, so that a stored result says what
            it was an answer to.
        rows: what one row of a batch is.
    """

    name: str
    version: str
    rows: str
    expected: tuple[Expected, ...]


def _equal(name: str, column: str, severity: str = CRITICAL, told_by: str = "") -> Expected:
    return Expected(name, severity, column, equals=f"stated_{column}", told_by=told_by)


def _none(name: str, column: str, severity: str = CRITICAL) -> Expected:
    return Expected(name, severity, column, high=0)


def _within(name: str, column: str, percent: int, severity: str = WARNING) -> Expected:
    return Expected(name, severity, column, low=-percent, high=percent)


_MISMATCH: Final = "control_total_mismatch"
_DOCUMENTS: Final = (
    Expected("documents arrived", CRITICAL, "document_count", low=1),
    _equal("line count equals the control total", "line_count", told_by=_MISMATCH),
    _equal("debit sum equals the control total", "debit", told_by=_MISMATCH),
    _equal("credit sum equals the control total", "credit", told_by=_MISMATCH),
    _none("no line number twice", "repeated_lines"),
    Expected(
        "control total is stated by someone else", WARNING, "origin", never=("derived", "none")
    ),
)

SUITES: Final[Mapping[str, Suite]] = {
    "payroll": Suite(
        "payroll_batch",
        "1.1",
        "documents",
        (
            *_DOCUMENTS,
            Expected("one entity in a run", CRITICAL, "entity_count", low=1, high=1),
            Expected(
                "every line is of an entity we keep books for", CRITICAL, "unknown_entity_lines",
                high=0, told_by="entity_unknown",
            ),
            _none("posting days lie in the run's period", "off_period_lines"),
            _equal("headcount equals the stated one", "headcount"),
            _equal("net pay equals the stated one", "net_pay"),
            _within("lines within a fifth of the run before", "drift_percent", 20),
            _within("headcount within a tenth of the run before", "headcount_drift_percent", 10),
            _within("net pay within a fifth of the run before", "net_pay_drift_percent", 20),
            _none("no employee has a component twice", "repeated_rows", WARNING),
            Expected("few lines name no employee", WARNING, "no_employee_percent", high=5),
            Expected("few codes have no account", WARNING, "uncovered_percent", high=10),
        ),
    ),
    "expense": Suite(
        "expense_batch",
        "1.1",
        "documents",
        (
            *_DOCUMENTS,
            Expected(
                "every line is of an entity we keep books for", CRITICAL, "unknown_entity_lines",
                high=0, told_by="entity_unknown",
            ),
            _none("no part of an expense twice", "repeated_rows"),
            _none("nothing spent after the period", "off_period_lines", WARNING),
            Expected("few costs name no cost center", WARNING, "no_cost_center_percent", high=20),
            Expected("few codes have no account", WARNING, "uncovered_percent", high=10),
        ),
    ),
    "employees": Suite(
        "employee_snapshot",
        "1.0",
        "snapshots",
        (
            Expected("employees arrived", CRITICAL, "employee_count", low=1),
            _none("no employee number twice", "repeated_employees"),
            _within(
                "active headcount within a half of the snapshot before",
                "headcount_drift_percent",
                50,
                CRITICAL,
            ),
            _within(
                "active headcount within a tenth of the snapshot before",
                "headcount_drift_percent",
                10,
            ),
            Expected(
                "few known employees are gone from the extract", WARNING, "gone_percent", high=5
            ),
            _none("every employee is of an entity we keep books for", "unknown_entity", WARNING),
            Expected(
                "few employees have no cost center", WARNING, "no_cost_center_percent", high=5
            ),
            _none("nobody left before they began", "reversed_employments", WARNING),
        ),
    ),
    "rates": Suite(
        "rate_table",
        "1.0",
        "tables",
        (
            _none("every rate is above zero", "rates_not_positive"),
            _none("no rate twice", "repeated_rates"),
            _none("no rate is stated upside down", "inverted_rates"),
            _none("every rate is published", "missing_rates", WARNING),
            _none("no rate is older than the policy allows", "stale_rates", WARNING),
            Expected(
                "no rate moved by more than a fifth in a month", WARNING, "largest_move_percent",
                high=20,
            ),
        ),
    ),
    "journal": Suite(
        "journal",
        "1.0",
        "journals",
        (
            Expected("the journal has lines", CRITICAL, "line_count", low=1),
            Expected("debits equal credits", CRITICAL, "debit", equals="credit"),
            _none("no line number twice", "repeated_lines"),
            _none("every account is open in the ERP", "unknown_accounts"),
            _none("every cost center is open in the ERP", "unknown_cost_centers"),
            _none("every project is open in the ERP", "unknown_projects"),
            _none("the accounting date lies in the period", "off_period_dates"),
            _none("every line sums to its source lines", "lines_off_their_sources"),
            _none("no two lines say the same", "repeated_rows", WARNING),
            _within("the total within a half of the journal before", "drift_percent", 50),
        ),
    ),
}  # fmt: skip


def broken(kind: str, row: BatchRow) -> tuple[Expected, ...]:
    """The expectations of the suite of `kind` that the row breaks, in their order."""
    return tuple(one for one in SUITES[kind].expected if not one.holds(row))


def blocking(kind: str, rows: Iterable[BatchRow]) -> Sequence[tuple[BatchRow, Expected]]:
    """Every row with each critical expectation it breaks that no other finding tells."""
    return [
        (row, one)
        for row in rows
        for one in broken(kind, row)
        if one.severity == CRITICAL and not one.told_by
    ]


@dataclass(frozen=True, slots=True)
class ExpectationOutcome:
    """What one expectation said of a batch.

    Attributes:
        observed: how many of how many rows break it; `not stated` where no row has the measure.
    """

    expectation: str
    severity: str
    success: bool
    observed: str
