"""What a batch measures: counts and shares of its rows, for `tieout.contracts.suites`.

Pure functions from frames and nouns to one row of measures per document, snapshot, table or
journal. A measure that the batch can't tell is None: it breaks no expectation and is shown as not
stated. Sums are in minor units; shares and drifts are whole percents.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

import polars as pl

from tieout.finance.journals import Journal
from tieout.finance.periods import AccountingPeriod

#: No rate moves so far in a month; most move less than that.
_IMPLAUSIBLE_PERCENT: Final = 50
_USUAL_PERCENT: Final = 10
#: What tells two component lines of an employee apart.
_PAY_KEY = (
    "employee_ref", "component_code", "earned_for", "cost_center_code", "project_code",
    "amount_minor",
)  # fmt: skip
#: What tells two parts of an approved expense apart.
_PART_KEY = (
    "entry_ref", "allocation_ref", "part", "tax_code", "cost_center_code", "project_code", "payee",
    "amount_minor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Before:
    """What the batch before measured, to tell how far this one has drifted; None: not known."""

    line_count: int | None = None
    headcount: int | None = None
    net_pay_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a batch is measured against.

    Attributes:
        entities: the entities we keep books for.
        period: the batch's own.
        net_pay_codes: components or source accounts that are net pay.
        covered_codes: components, source accounts or expense types that finance has decided on;
            None: not known.
        before: the run before.
        stated: document → (headcount, net pay in minor units) as its control totals state them.
    """

    entities: Collection[str]
    period: AccountingPeriod
    net_pay_codes: Collection[str] = ()
    covered_codes: Collection[str] | None = None
    before: Before = field(default_factory=Before)
    stated: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)


def drift_percent(now: int | None, before: int | None) -> int | None:
    """How far `now` lies from `before`, in whole percent; None without both."""
    if now is None or not before:
        return None
    return round(Decimal((now - before) * 100) / abs(before))


def share_percent(part: int, whole: int) -> int | None:
    """`part` of `whole` in whole percent, rounded up so that one of a thousand is seen."""
    return -(-part * 100 // whole) if whole else None


def measure_pay(frame: pl.DataFrame, around: Surroundings) -> dict[str, dict[str, object]]:
    """Measures of each document of a pay run, from typed pay lines."""
    code = pl.when(pl.col("coding") == "account").then("source_account").otherwise("component_code")
    named = pl.col("employee_ref") != ""
    by_component = pl.col("coding") == "component"
    net_pay = code.is_in(list(around.net_pay_codes))
    posted = pl.col("posting_date")
    grouped = frame.group_by("document").agg(
        headcount=pl.col("employee_ref").filter(named).n_unique(),
        net_pay=pl.col("amount_minor").filter(net_pay).sum().abs(),
        net_pay_lines=net_pay.sum(),
        unknown_entity_lines=(~pl.col("entity").is_in(list(around.entities))).sum(),
        off_period_lines=(
            (posted < around.period.starts) | (posted > around.period.ends)
        ).sum(),
        no_employee=(by_component & ~named).sum(),
        components=by_component.sum(),
        codes=code.unique(),
    )  # fmt: skip
    told_apart = frame.lazy().filter(by_component & named).select("document", *_PAY_KEY).collect()
    twice = _repeated(told_apart, _PAY_KEY)
    found = {}
    for row in grouped.sort("document").iter_rows(named=True):
        people = row["headcount"] or None
        net = row["net_pay"] if row["net_pay_lines"] else None
        stated = around.stated.get(row["document"], (None, None))
        found[row["document"]] = {
            "headcount": people,
            "stated_headcount": stated[0],
            "net_pay": net,
            "stated_net_pay": stated[1],
            "unknown_entity_lines": row["unknown_entity_lines"],
            "off_period_lines": row["off_period_lines"],
            "no_employee_percent": share_percent(row["no_employee"], row["components"]),
            "repeated_rows": twice.get(row["document"], 0),
            "uncovered_percent": _uncovered(row["codes"], around),
            "headcount_drift_percent": drift_percent(people, around.before.headcount),
            "net_pay_drift_percent": drift_percent(net, around.before.net_pay_minor),
        }
    return found


def measure_expenses(frame: pl.DataFrame, around: Surroundings) -> dict[str, dict[str, object]]:
    """Measures of each document of an intake of expenses, from typed expense lines."""
    cost = pl.col("part").is_in(["cost", "tax_cost"])
    grouped = frame.group_by("document").agg(
        unknown_entity_lines=(~pl.col("entity").is_in(list(around.entities))).sum(),
        off_period_lines=(pl.col("spend_date") > around.period.ends).sum(),
        costs=cost.sum(),
        no_cost_center=(cost & (pl.col("cost_center_code") == "")).sum(),
        codes=pl.col("expense_type").filter(pl.col("expense_type") != "").unique(),
    )
    twice = _repeated(frame.filter(pl.col("entry_ref") != ""), _PART_KEY)
    return {
        row["document"]: {
            "unknown_entity_lines": row["unknown_entity_lines"],
            "off_period_lines": row["off_period_lines"],
            "no_cost_center_percent": share_percent(row["no_cost_center"], row["costs"]),
            "repeated_rows": twice.get(row["document"], 0),
            "uncovered_percent": _uncovered(row["codes"], around),
        }
        for row in grouped.sort("document").iter_rows(named=True)
    }


def _repeated(frame: pl.DataFrame, key: Sequence[str]) -> dict[str, int]:
    """By document, how many rows say what a row before has said."""
    columns = ["document", *key]
    # Equal rows have equal fingerprints: only rows that share one are compared in full.
    alike = frame.select(pl.struct(columns).hash().is_duplicated()).to_series()
    if not alike.any():
        return {}
    rows = frame.lazy().select(columns).filter(alike).collect()
    again = ~rows.select(pl.struct(columns).is_first_distinct()).to_series()
    return dict(rows.filter(again).group_by("document").len().iter_rows())


def _uncovered(codes: Sequence[str], around: Surroundings) -> int | None:
    if around.covered_codes is None:
        return None
    return share_percent(sum(code not in around.covered_codes for code in codes), len(codes))


def measure_employees(
    frame: pl.DataFrame,
    entities: Collection[str],
    active_before: int | None = None,
    known_before: Collection[str] = (),
) -> dict[str, object]:
    """Measures of one snapshot of employees.

    Args:
        frame: canonical `employee` rows.
        entities: the entities we keep books for.
        active_before: active employees of the snapshot before; None for the first one.
        known_before: employee numbers of the snapshot before.
    """
    refs = frame["employee_ref"]
    working = frame.filter(pl.col("status") != "left")
    gone = len(set(known_before) - set(refs.to_list()))
    ended = (pl.col("leave_date") != "") & (pl.col("hire_date") != "")
    return {
        "employee_count": frame.height,
        "repeated_employees": frame.height - refs.n_unique(),
        "headcount_drift_percent": drift_percent(working.height, active_before),
        "gone_percent": share_percent(gone, len(set(known_before))),
        "unknown_entity": working.filter(~pl.col("entity").is_in(list(entities))).height,
        "no_cost_center_percent": share_percent(
            working.filter(pl.col("cost_center_code") == "").height, working.height
        ),
        # ISO days sort as text.
        "reversed_employments": frame.filter(
            ended & (pl.col("leave_date") < pl.col("hire_date"))
        ).height,
    }


#: A publication older than this, seen from the wanted day, is told.
STALENESS_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class RateRow:
    """One rate that a batch wants, as published or not.

    Attributes:
        rate: units of `target` per 1 `source`; None: not published within reach.
        before: the same rate a month earlier.
    """

    source: str
    target: str
    on: date
    rate: Decimal | None
    published_on: date | None = None
    before: Decimal | None = None


def measure_rates(
    rows: Sequence[RateRow], staleness_days: int = STALENESS_DAYS
) -> dict[str, object]:
    """Measures of the rates that a batch converts with.

    A rate that stands where its inverse stood a month ago is told as upside down: it has moved
    more than its inverse did.
    """
    named = [row for row in rows if row.rate is not None]
    moves = [abs(_move(row.rate, row.before)) for row in named if row.rate and row.before]
    return {
        "rates_not_positive": sum(row.rate is not None and row.rate <= 0 for row in rows),
        "repeated_rates": len(rows) - len({(row.source, row.target, row.on) for row in rows}),
        "inverted_rates": sum(map(_is_inverted, named)),
        "missing_rates": len(rows) - len(named),
        "stale_rates": sum(
            row.published_on is not None and (row.on - row.published_on).days > staleness_days
            for row in named
        ),
        "largest_move_percent": max(moves, default=None),
    }


def _move(now: Decimal, before: Decimal) -> int:
    return int(((now - before) * 100 / before).to_integral_value())


def _is_inverted(row: RateRow) -> bool:
    """A rate near one can't be told from its inverse; both moves are small then."""
    if not row.rate or not row.before or row.rate <= 0 or row.before <= 0:
        return False
    straight, turned = abs(_move(row.rate, row.before)), abs(_move(1 / row.rate, row.before))
    return straight > _IMPLAUSIBLE_PERCENT and turned < _USUAL_PERCENT


@dataclass(frozen=True, slots=True)
class OpenCodes:
    """The codes that the ERP takes postings on; None: not known."""

    accounts: Collection[str] | None = None
    cost_centers: Collection[str] | None = None
    projects: Collection[str] | None = None


def measure_journal(
    journal: Journal,
    shares: Mapping[int, int],
    period: AccountingPeriod,
    open_codes: OpenCodes,
    debit_before: int | None = None,
) -> dict[str, object]:
    """Measures of one journal before it is shown to an approver.

    Args:
        journal: as built.
        shares: line number → what its source lines give to it, in minor units.
        period: the one it is built for.
        open_codes: what the ERP takes postings on.
        debit_before: debit sum of the same entity's journal of the same kind in the period before.
    """
    lines = journal.lines
    said = [
        (line.account, line.cost_center, line.project, line.component_class, line.description,
         line.amount_minor > 0)
        for line in lines
    ]  # fmt: skip
    return {
        "line_count": len(lines),
        "debit": journal.debit_minor,
        "credit": sum(line.credit_minor for line in lines),
        "repeated_lines": len(lines) - len({line.number for line in lines}),
        "unknown_accounts": _outside((line.account for line in lines), open_codes.accounts),
        "unknown_cost_centers": _outside(
            (line.cost_center for line in lines), open_codes.cost_centers
        ),
        "unknown_projects": _outside((line.project for line in lines), open_codes.projects),
        "off_period_dates": int(journal.accounting_date not in period),
        # What takes another journal back has that journal's sources, and none of its own.
        "lines_off_their_sources": sum(
            shares.get(line.number, 0) != line.amount_minor for line in lines
        )
        if shares
        else None,
        "repeated_rows": len(said) - len(set(said)),
        "drift_percent": drift_percent(journal.debit_minor, debit_before),
    }


def _outside(codes: Iterable[str], known: Collection[str] | None) -> int | None:
    if known is None:
        return None
    return len({code for code in codes if code} - set(known))
