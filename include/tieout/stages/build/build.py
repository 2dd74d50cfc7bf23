"""build: balanced summarised journals with lineage, and a disposition for every source line.

A journal is a pure function of the rows, the rules they used and the revision it is given. What is
held is told with its causes; there is no plug line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from tieout.finance.journals import Journal, JournalKey, JournalKind, Lineage
from tieout.stages.build.holding import dispose
from tieout.stages.build.legs import (
    class_totals,
    expand_legs,
    journal_lines,
    label_classes,
    split_legs,
    summarise,
)


@dataclass(frozen=True)
class BuildRules:
    """What finance decided about building, per entity.

    Attributes:
        holding: entity → `run` or `atom`.
        currencies: entity → functional currency.
        accounting_dates: entity → the journal's accounting date.
        revisions: entity → revision number of the journal to build.
        document_holds: document → further `code|cause` texts that hold all of it.
    """

    tenant: str
    kind: JournalKind
    period: str
    batch: str
    holding: Mapping[str, str]
    currencies: Mapping[str, str]
    accounting_dates: Mapping[str, date]
    revisions: Mapping[str, int]
    document_holds: Mapping[str, list[str]]


@dataclass(frozen=True)
class BuiltJournal:
    """A journal, where its lines come from, and the class totals its sources state."""

    journal: Journal
    lineage: tuple[Lineage, ...]
    source_totals: Mapping[str, int]


@dataclass(frozen=True)
class LinesDisposed:
    """Source lines of one document that ended alike; `external_id` only for built ones."""

    document: str
    state: str
    reason: str
    external_id: str
    source_lines: tuple[int, ...]
    debit_minor: int
    credit_minor: int


@dataclass(frozen=True)
class HeldCause:
    """Why lines wait: one cause with what it holds back."""

    entity: str
    code: str
    cause: str
    item_count: int
    at_risk_minor: int
    currency: str


@dataclass(frozen=True)
class Built:
    """All that a build decides."""

    journals: tuple[BuiltJournal, ...]
    disposed: tuple[LinesDisposed, ...]
    held: tuple[HeldCause, ...]


def build(frame_kind: str, frame: pl.DataFrame, rules: BuildRules) -> Built:
    """Build the journals of a unit's rows that no committed journal carries yet.

    Args:
        frame_kind: `pay_line` or `expense_line`.
        frame: reconciled (and routed) rows; lines already in a committed journal left out.
        rules: see `BuildRules`.
    """
    booked = _with_clearing(frame_kind, frame)
    disposed = dispose(frame_kind, booked, rules.holding, rules.currencies, rules.document_holds)
    built_rows = disposed.filter(pl.col("state") == "built")
    journals = []
    for entity in built_rows["entity"].unique().sort().to_list():
        rows = built_rows.filter(pl.col("entity") == entity)
        journals.append(_journal(frame_kind, entity, rows, rules))
    ids = {built.journal.key.entity: built.journal.external_id for built in journals}
    return Built(tuple(journals), _dispositions(disposed, ids), _held(disposed))


def _with_clearing(frame_kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """An expense part credits the clearing account of its route."""
    filled = frame.with_columns(
        pl.col("debit_account").fill_null(""), pl.col("credit_account").fill_null("")
    )
    if frame_kind == "expense_line":
        return filled.with_columns(credit_account=pl.col("clearing_account").fill_null(""))
    return filled


def _journal(frame_kind: str, entity: str, rows: pl.DataFrame, rules: BuildRules) -> BuiltJournal:
    legs = label_classes(expand_legs(frame_kind, rows))
    numbered = summarise(split_legs(legs))
    key = JournalKey(
        rules.tenant, entity, rules.kind, rules.period, rules.batch, rules.revisions.get(entity, 1)
    )
    journal = Journal(
        key=key,
        accounting_date=rules.accounting_dates[entity],
        currency=rules.currencies[entity],
        memo=f"{rules.kind.value.capitalize()} {entity} {rules.period} {rules.batch}",
        lines=journal_lines(numbered, rules.period),
        input_versions=_inputs(rows),
    )
    return BuiltJournal(journal, _lineage(numbered), class_totals(legs))


def _inputs(rows: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    documents = rows["document"].unique().sort().to_list()
    used = rows["used"].explode().drop_nulls().unique().sort().to_list()
    return tuple(("document", sha) for sha in documents) + tuple(("rule", rule) for rule in used)


def _lineage(numbered: pl.DataFrame) -> tuple[Lineage, ...]:
    grouped = (
        numbered.group_by("line_number", "document")
        .agg(
            lines=pl.col("line_no").unique().sort(),
            amount_minor=pl.col("leg_minor").sum(),
        )
        .sort("line_number", "document")
    )
    return tuple(
        Lineage(int(number), document, tuple(lines), int(amount))
        for number, document, lines, amount in grouped.iter_rows()
    )


def _dispositions(frame: pl.DataFrame, ids: Mapping[str, str]) -> tuple[LinesDisposed, ...]:
    named = frame.with_columns(
        external_id=pl.when(pl.col("state") == "built")
        .then(pl.col("entity").replace_strict(dict(ids), default=""))
        .otherwise(pl.lit(""))
    )
    grouped = (
        named.group_by("document", "state", "reason", "external_id")
        .agg(
            lines=pl.col("line_no").sort(),
            debit=pl.col("amount_minor").clip(lower_bound=0).sum(),
            credit=(-pl.col("amount_minor")).clip(lower_bound=0).sum(),
        )
        .sort("document", "state", "reason", "external_id")
    )
    return tuple(
        LinesDisposed(document, state, reason, external_id, tuple(lines), int(debit), int(credit))
        for document, state, reason, external_id, lines, debit, credit in grouped.iter_rows()
    )


def _held(frame: pl.DataFrame) -> tuple[HeldCause, ...]:
    waiting = frame.filter(pl.col("state") == "held")
    own = waiting.filter(pl.col("holds").list.len() > 0).explode("holds").rename({"holds": "cause"})
    # Atoms held only because they do not balance have no row with an own hold.
    alone = waiting.filter(pl.col("reason").str.starts_with("journal_unbalanced|")).with_columns(
        cause=pl.col("reason")
    )
    columns = ["entity", "cause", "amount_minor", "currency"]
    causes = (
        pl.concat([own.select(columns), alone.select(columns)])
        .group_by("entity", "cause", "currency")
        .agg(count=pl.len(), at_risk=pl.col("amount_minor").abs().sum())
        .sort("entity", "cause", "currency")
        .iter_rows()
    )
    return tuple(
        HeldCause(entity, *_code_and_cause(text), int(count), int(at_risk), currency)
        for entity, text, currency, count, at_risk in causes
    )


def _code_and_cause(text: str) -> tuple[str, str]:
    code, _, cause = text.partition("|")
    return code, cause
