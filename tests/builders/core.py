"""The pure verbs one after the other, as the workflows run them: from rows to journals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from tests.builders.pay_runs import PayRun
from tests.builders.rules import Rules
from tieout.contracts.staged import ReferenceView
from tieout.finance.journals import Journal, JournalKind
from tieout.finance.periods import calendar_month
from tieout.stages.build.build import BuildRules, Built, build
from tieout.stages.reconcile.reconcile import reconcile
from tieout.stages.route.route import route_expenses
from tieout.stages.validate.rows import validate_rows

#: Every entity of the demonstration with its functional currency.
CURRENCIES = {"US01": "USD", "UK01": "GBP", "DE01": "EUR", "SE01": "SEK", "JP01": "JPY"}
KINDS = {"pay_line": JournalKind.PAYROLL, "expense_line": JournalKind.EXPENSE}


def reconciled(
    frame: pl.DataFrame,
    rules: Rules,
    *,
    kind: str = "pay_line",
    period: str = "2026-10",
    reference: ReferenceView | None = None,
) -> pl.DataFrame:
    """Validated and reconciled rows; expenses are routed as well."""
    ends = calendar_month(period).ends
    mapping = rules.mapping()
    typed = validate_rows(kind, frame, {}).frame
    mapped = reconcile(kind, typed, rules.provider, mapping, reference or rules.reference(), ends)
    return route_expenses(mapped, mapping, ends) if kind == "expense_line" else mapped


def build_rows(
    frame: pl.DataFrame,
    *,
    kind: str = "pay_line",
    period: str = "2026-10",
    holding: str = "run",
    batch: str = "de-datev:R-88:1",
    document_holds: Mapping[str, list[str]] | None = None,
    currencies: Mapping[str, str] = CURRENCIES,
    revisions: Mapping[str, int] | None = None,
    keep_legs: bool = False,
) -> Built:
    """Journals of rows that are reconciled."""
    ends: date = calendar_month(period).ends
    return build(
        kind,
        frame,
        BuildRules(
            tenant="demo",
            kind=KINDS[kind],
            period=period,
            batch=batch,
            holding=dict.fromkeys(currencies, holding),
            currencies=currencies,
            accounting_dates=dict.fromkeys(currencies, ends),
            revisions=revisions or {},
            document_holds=document_holds or {},
            keep_legs=keep_legs,
        ),
    )


def built(
    run: PayRun,
    rules: Rules,
    *,
    holding: str = "run",
    reference: ReferenceView | None = None,
) -> Built:
    """A pay run through all pure verbs."""
    rows = reconciled(run.frame(), rules, period=run.period, reference=reference)
    return build_rows(rows, period=run.period, holding=holding)


def only_journal(result: Built) -> Journal:
    """The one journal that was built."""
    assert len(result.journals) == 1, result.held
    return result.journals[0].journal


def states(result: Built) -> dict[int, str]:
    """Disposition by line number of a unit with one document."""
    return {line: part.state for part in result.endings() for line in part.source_lines}


def reasons(result: Built) -> dict[int, str]:
    """Why each line of a unit with one document is not built; empty where it is."""
    return {line: part.reason for part in result.endings() for line in part.source_lines}
