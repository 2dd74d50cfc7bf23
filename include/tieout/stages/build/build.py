"""build: balanced summarised journals with lineage, and a disposition for every source line.

A journal is a pure function of the rows, the rules they used and the revision it is given. What is
held is told with its causes; there is no plug line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from tieout.contracts.staged import RULES, Schema, in_order
from tieout.finance.journals import Journal, JournalKey, JournalKind, JournalLine, Lineage
from tieout.stages.build.holding import Endings, dispose
from tieout.stages.build.lines import Lines, summarise
from tieout.stages.build.places import places_of, with_clearing

#: Columns of `Built.lineage`.
LINEAGE: Final[Schema] = {
    "external_id": pl.String,
    "line_number": pl.Int32,
    "document": pl.String,
    "source_lines": pl.List(pl.Int32),
    "amount_minor": pl.Int64,
    "shares": pl.List(pl.Int64),
}
#: Columns of `Built.disposed`.
DISPOSED: Final[Schema] = {
    "document": pl.String,
    "state": pl.String,
    "reason": pl.String,
    "external_id": pl.String,
    "source_lines": pl.List(pl.Int32),
    "debit_minor": pl.Int64,
    "credit_minor": pl.Int64,
}


@dataclass(frozen=True)
class BuildRules:
    """What finance decided about building, per entity.

    Attributes:
        holding: entity → `run` or `atom`.
        currencies: entity → functional currency.
        accounting_dates: entity → the journal's accounting date.
        revisions: entity → revision number of the journal to build.
        document_holds: document → further `code|cause` texts that hold all of it.
        keep_legs: whether journals answer what each source line gives to each of their lines.
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
    keep_legs: bool = False


@dataclass(frozen=True, eq=False)
class BuiltJournal:
    """A journal, where its lines come from, and the class totals its sources state.

    Attributes:
        links: its rows of `Built.lineage`.
        legs: `line_number`, `document`, `line_no`, `leg_minor`; None unless the rules ask for it.
    """

    journal: Journal
    links: pl.DataFrame
    source_totals: Mapping[str, int]
    legs: pl.DataFrame | None = None

    @classmethod
    def of(
        cls, journal: Journal, lineage: Sequence[Lineage], source_totals: Mapping[str, int]
    ) -> BuiltJournal:
        """A journal whose links are few enough to come one by one."""
        rows = [
            (
                journal.external_id, link.line_number, link.document, link.source_lines,
                link.amount_minor, link.shares or None,
            )
            for link in lineage
        ]  # fmt: skip
        return cls(journal, pl.DataFrame(rows, schema=LINEAGE, orient="row"), source_totals)

    @property
    def lineage(self) -> tuple[Lineage, ...]:
        """The links one by one; of a large journal, take the frame."""
        columns = [name for name in LINEAGE if name != "external_id"]
        return tuple(
            Lineage(number, document, tuple(lines), amount, tuple(shares or ()))
            for number, document, lines, amount, shares in self.links.select(columns).iter_rows()
        )


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


@dataclass(frozen=True, eq=False)
class Built:
    """All that a build decides.

    Attributes:
        journals: in the order of their entities.
        disposed: a row for the source lines of one document that ended alike: `document`, `state`,
            `reason`, `external_id` (of built lines), `source_lines`, `debit_minor`, `credit_minor`.
        held: the causes behind what is held.
    """

    journals: tuple[BuiltJournal, ...]
    disposed: pl.DataFrame
    held: tuple[HeldCause, ...]

    @property
    def lineage(self) -> pl.DataFrame:
        """A row for each journal line and document: the source lines behind it, and their sum.

        Columns: `external_id`, `line_number`, `document`, `source_lines`, `amount_minor`, `shares`.
        `shares` (minor units) stands only where a source line is split over journal lines: an
        element for each source line, null for those that stand with their whole amount.
        """
        return pl.concat([pl.DataFrame(schema=LINEAGE), *(item.links for item in self.journals)])

    def endings(self) -> tuple[LinesDisposed, ...]:
        """The rows of `disposed` one by one; of a large unit, take the frame."""
        return tuple(
            LinesDisposed(document, state, reason, external_id, tuple(lines), debit, credit)
            for document, state, reason, external_id, lines, debit, credit in (
                self.disposed.iter_rows()
            )
        )


def build(frame_kind: str, frame: pl.DataFrame, rules: BuildRules) -> Built:
    """Build the journals of a unit's rows that no committed journal carries yet.

    Args:
        frame_kind: `pay_line` or `expense_line`.
        frame: reconciled (and routed) rows; lines already in a committed journal left out.
        rules: see `BuildRules`.
    """
    ordered = with_clearing(frame_kind, in_order(frame))
    places, place = places_of(frame_kind, ordered)
    ended = dispose(
        frame_kind, ordered, places, place, rules.holding, rules.currencies, rules.document_holds
    )
    documents = ordered["document"].rle().struct.field("value")
    rows = ordered.select(
        pl.col("document").rle_id(),
        "line_no",
        "employee_ref",
        "amount_minor",
        place.alias("place"),
        ended.at.alias("ending"),
    )
    journals = _journals(frame_kind, rows.filter(pl.col("ending") == 0), places, documents, rules)
    ids = {built.journal.key.entity: built.journal.external_id for built in journals}
    disposed = _dispositions(rows, places, ended, documents, ids)
    return Built(tuple(journals), disposed, _held(ended))


def _journals(
    kind: str, rows: pl.DataFrame, places: pl.DataFrame, documents: pl.Series, rules: BuildRules
) -> list[BuiltJournal]:
    """One journal for each entity with built rows."""
    used = rows.select("place", "document").unique().sort("place", "document")
    inputs = places.with_row_index("place").join(used, on="place", how="inner")
    made = summarise(
        kind, rows, places.with_row_index("place"), used["place"].unique(),
        keep_legs=rules.keep_legs,
    )  # fmt: skip
    journals = []
    for entity in inputs["entity"].unique().sort():
        own = pl.col("entity") == entity
        key = JournalKey(
            rules.tenant, entity, rules.kind, rules.period, rules.batch,
            rules.revisions.get(entity, 1),
        )  # fmt: skip
        journal = Journal(
            key=key,
            accounting_date=rules.accounting_dates[entity],
            currency=rules.currencies[entity],
            memo=f"{rules.kind.value.capitalize()} {entity} {rules.period} {rules.batch}",
            lines=_journal_lines(made.lines.filter(own), rules.period),
            input_versions=_inputs(inputs.filter(own), documents),
        )
        links = _links(made, entity, journal.external_id, documents)
        legs = None if made.legs is None else _legs(made.legs.filter(own), documents)
        journals.append(BuiltJournal(journal, links, made.class_totals[entity], legs))
    return journals


def _journal_lines(lines: pl.DataFrame, period: str) -> tuple[JournalLine, ...]:
    described = {label: _description(label, period) for label in lines["component_class"].unique()}
    columns = (
        "line_number", "account", "amount_minor", "cost_center", "project", "component_class",
        "people_count",
    )  # fmt: skip
    return tuple(
        JournalLine(number, account, amount, center, project, label, described[label], people)
        for number, account, amount, center, project, label, people in (
            lines.select(columns).iter_rows()
        )
    )


def _description(component_class: str, period: str) -> str:
    words = component_class.replace("_", " ").replace("+", ", ")
    return f"{words.capitalize()} {period}"[:100]


def _inputs(used: pl.DataFrame, documents: pl.Series) -> tuple[tuple[str, str], ...]:
    """The documents and rules behind a journal's rows."""
    hashes = documents.gather(used["document"].unique()).sort()
    rules = {
        rule
        for name in RULES
        if name in used.columns
        for told in used[name].unique().cast(pl.String)
        for rule in (told or "").split("\n")
    }
    return tuple(("document", sha) for sha in hashes) + tuple(
        ("rule", rule) for rule in sorted(rules - {""})
    )


def _links(made: Lines, entity: str, external_id: str, documents: pl.Series) -> pl.DataFrame:
    links = made.links.filter(pl.col("entity") == entity)
    return links.with_columns(
        external_id=pl.lit(external_id), document=documents.gather(links["document"])
    ).select(pl.col(name).cast(kind) for name, kind in LINEAGE.items())


def _legs(legs: pl.DataFrame, documents: pl.Series) -> pl.DataFrame:
    # Names of documents are long and repeat: kept as categories.
    names = documents.cast(pl.Categorical).gather(legs["document"]).alias("document")
    return legs.select("line_number", names, "line_no", "leg_minor")


def _dispositions(
    rows: pl.DataFrame,
    places: pl.DataFrame,
    ended: Endings,
    documents: pl.Series,
    ids: Mapping[str, str],
) -> pl.DataFrame:
    """Source lines that ended alike, by document; built ones by journal."""
    journals = pl.Series(["", *ids.values()], dtype=pl.String)
    number = {entity: position for position, entity in enumerate(ids, 1)}
    journal = places.select(
        pl.col("entity").replace_strict(number, default=0, return_dtype=pl.UInt32)
    ).to_series()
    grouped = (
        rows.with_columns(
            journal=pl.when(pl.col("ending") == 0).then(journal.gather(rows["place"])).otherwise(0)
        )
        .group_by("document", "ending", "journal")
        .agg(
            source_lines=pl.col("line_no").cast(pl.Int32).sort(),
            debit_minor=pl.col("amount_minor").clip(lower_bound=0).sum(),
            credit_minor=(-pl.col("amount_minor")).clip(lower_bound=0).sum(),
        )
    )
    return (
        grouped.with_columns(
            documents.gather(grouped["document"]).alias("document"),
            journals.gather(grouped["journal"]).alias("external_id"),
            *(column.gather(grouped["ending"]) for column in ended.reasons),
        )
        .select(pl.col(name).cast(kind) for name, kind in DISPOSED.items())
        .sort("document", "state", "reason", "external_id")
    )


def _held(ended: Endings) -> tuple[HeldCause, ...]:
    columns = ("entity", "cause", "item_count", "at_risk_minor", "currency")
    causes = ended.held.select(columns).iter_rows()
    return tuple(
        HeldCause(entity, *_code_and_cause(text), count, at_risk, currency)
        for entity, text, count, at_risk, currency in causes
    )


def _code_and_cause(text: str) -> tuple[str, str]:
    code, _, cause = text.partition("|")
    return code, cause
