"""build: bring built journals under the ledger's line limit, with all that stands behind them.

A journal that is short enough stays as it is. A longer one becomes parts that go together (see
`tieout.stages.build.parts`); every source line ends in one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from tieout.finance.journals import Journal, JournalLine
from tieout.stages.build.build import DISPOSED, LINEAGE, Built, BuiltJournal
from tieout.stages.build.entries import described
from tieout.stages.build.parts import FACE, JournalTooLongError, cut_legs

_LINE = (*FACE, "side")


@dataclass(frozen=True, slots=True)
class LineLimit:
    """What the ledger takes in one journal.

    `transfer_accounts` names, per entity, the account over which parts may balance that do not
    balance by themselves; where none is named such a journal can't be cut.
    """

    lines: int
    transfer_accounts: Mapping[str, str] = field(default_factory=dict)


def in_parts(kind: str, frame: pl.DataFrame, built: Built, limit: LineLimit) -> Built:
    """The build with every journal short enough for the ledger.

    Args:
        kind: `pay_line` or `expense_line`.
        frame: the rows that were built.
        built: what was built of them.
        limit: see `LineLimit`.

    Raises:
        JournalTooLongError: lines that only balance together are more than the ledger takes.
    """
    journals: list[BuiltJournal] = []
    moved: list[pl.DataFrame] = []
    for item in built.journals:
        if len(item.journal.lines) <= limit.lines:
            journals.append(item)
            continue
        legs = _legs(item, _rows_of(kind, frame))
        transfer = limit.transfer_accounts.get(item.journal.key.entity, "")
        try:
            _refuse_other_sums(item, legs)
            cut = cut_legs(legs, limit.lines, transfer)
        except JournalTooLongError as error:
            error.documents = tuple(
                name for kind, name in item.journal.input_versions if kind == "document"
            )
            error.entity = item.journal.key.entity
            raise
        parts = [_part(item, part, number, len(cut)) for number, part in enumerate(cut, start=1)]
        journals += parts
        moved.append(_ends(item, cut, parts))
    if not moved:
        return built
    disposed = _disposed(built.disposed, frame, pl.concat(moved))
    return replace(built, journals=tuple(journals), disposed=disposed)


def _refuse_other_sums(item: BuiltJournal, legs: pl.DataFrame) -> None:
    """What a leg between companies or a markup gives line by line is not known: never guessed.

    Raises:
        JournalTooLongError: the lines of the sources do not sum to those of the journal.
    """
    told: dict[tuple[str, str, str], int] = {}
    for line in item.journal.lines:
        told[_face(line)] = told.get(_face(line), 0) + line.amount_minor
    sums = legs.group_by(FACE).agg(pl.col("leg_minor").sum())
    if {(row[0], row[1], row[2]): row[3] for row in sums.iter_rows()} == told:
        return
    error = JournalTooLongError(
        f"{item.journal.external_id} has {len(item.journal.lines)} lines and can't be cut.",
        blocks=f"journal {item.journal.external_id}",
        next_step="Summarise it more.",
    )
    error.line_count = len(item.journal.lines)
    raise error


def _rows_of(kind: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows with the atom that each belongs to whatever the policy of holding says."""
    if kind == "expense_line":
        atom = pl.concat_str("document", pl.lit("|"), pl.col("entry_ref").fill_null(""))
        credit = "clearing_account"
    else:
        atom = (
            pl.when(pl.col("coding") == "account")
            .then(pl.concat_str(pl.lit("v|"), "document", pl.lit("|"), "voucher_key"))
            .otherwise(pl.concat_str(pl.lit("e|"), pl.col("employee_ref").fill_null("")))
        )
        credit = "credit_account"
    return frame.select(
        "document",
        pl.col("line_no").cast(pl.Int32).alias("source_lines"),
        "amount_minor",
        pl.col("employee_ref").fill_null(""),
        atom.alias("atom"),
        pl.col("debit_account").cast(pl.String).fill_null(""),
        pl.col(credit).cast(pl.String).fill_null("").alias("credit_account"),
    )


def _legs(item: BuiltJournal, rows: pl.DataFrame) -> pl.DataFrame:
    """What each source line gives to each line of the journal.

    Atoms that do not balance by themselves are one atom together.
    """
    faces = pl.DataFrame(
        [(line.number, *_face(line), line.component_class) for line in item.journal.lines],
        schema={"line_number": pl.Int32, **dict.fromkeys((*FACE, "component_class"), pl.String)},
        orient="row",
    )
    whole = item.links.with_columns(
        shares=pl.coalesce("shares", pl.col("source_lines").list.eval(pl.lit(None, dtype=pl.Int64)))
    )
    credit = (pl.col("account") == pl.col("credit_account")) & (
        pl.col("account") != pl.col("debit_account")
    )
    amount = pl.when(credit).then(-pl.col("amount_minor")).otherwise("amount_minor")
    legs = (
        whole.select("line_number", "document", "source_lines", "shares")
        .explode("source_lines", "shares")
        .join(faces, on="line_number")
        .join(rows, on=["document", "source_lines"], how="left")
        .with_columns(leg_minor=pl.coalesce("shares", amount))
        .drop("line_number", "shares", "debit_account", "credit_account")
    )
    alone = legs.group_by("atom").agg(pl.col("leg_minor").sum())
    if (alone["leg_minor"] != 0).any():
        return legs.with_columns(atom=pl.lit("run"))
    return legs


def _face(line: JournalLine) -> tuple[str, str, str]:
    return line.account, line.cost_center, line.project


def _part(whole: BuiltJournal, legs: pl.DataFrame, number: int, parts: int) -> BuiltJournal:
    """One part as a journal, with its links and the totals of its classes."""
    nets = legs.group_by(FACE).agg(_net=pl.col("leg_minor").sum())
    sided = legs.join(nets, on=list(FACE)).with_columns(
        side=pl.when(pl.col("_net") == 0).then(pl.col("leg_minor").sign()).otherwise(0)
    )
    numbers = sided.select(_LINE).unique().sort(_LINE).with_row_index("line_number", offset=1)
    numbered = sided.join(numbers, on=list(_LINE)).with_columns(
        pl.col("line_number").cast(pl.Int32)
    )
    lines = (
        numbered.group_by("line_number", *FACE, "component_class")
        .agg(
            amount_minor=pl.col("leg_minor").sum(),
            people=pl.col("employee_ref").filter(pl.col("employee_ref") != "").n_unique(),
        )
        .sort("line_number")
    )
    journal = whole.journal
    key = replace(journal.key, part=number)
    ties = replace(
        journal.ties, parts=parts, pair=journal.ties.pair or replace(key, part=1).external_id()
    )
    documents = {("document", sha) for sha in legs["document"].unique().to_list()}
    cut = Journal(
        key=key,
        accounting_date=journal.accounting_date,
        currency=journal.currency,
        memo=f"{journal.memo} part {number} of {parts}",
        lines=tuple(
            JournalLine(
                row["line_number"], row["account"], row["amount_minor"], row["cost_center"],
                row["project"], row["component_class"],
                described(row["component_class"], journal.key.period), row["people"],
            )
            for row in lines.iter_rows(named=True)
        ),
        input_versions=tuple(
            one for one in journal.input_versions if one[0] != "document" or one in documents
        ),
        ties=ties,
    )  # fmt: skip
    totals = legs.group_by("component_class").agg(pl.col("leg_minor").sum()).sort("component_class")
    return BuiltJournal(cut, _links(numbered, cut.external_id), dict(totals.iter_rows()))


def _links(numbered: pl.DataFrame, external_id: str) -> pl.DataFrame:
    each = numbered.group_by("line_number", "document", "source_lines").agg(
        pl.col("leg_minor").sum(), pl.col("amount_minor").first()
    )
    share = pl.when(pl.col("leg_minor").abs() != pl.col("amount_minor").abs()).then("leg_minor")
    grouped = (
        each.with_columns(share=share)
        .sort("line_number", "document", "source_lines")
        .group_by("line_number", "document", maintain_order=True)
        .agg(
            "source_lines",
            amount_minor=pl.col("leg_minor").sum(),
            shares=pl.col("share"),
            _split=pl.col("share").is_not_null().any(),
        )
    )
    return grouped.with_columns(
        external_id=pl.lit(external_id), shares=pl.when("_split").then("shares")
    ).select(pl.col(name).cast(kind) for name, kind in LINEAGE.items())


def _ends(
    whole: BuiltJournal, cut: Sequence[pl.DataFrame], parts: Sequence[BuiltJournal]
) -> pl.DataFrame:
    """Where each source line of a cut journal ended: in the first part that carries it."""
    every = pl.concat(
        [
            legs.select("document", "source_lines")
            .unique()
            .with_columns(
                part=pl.lit(part.journal.external_id), order=pl.lit(part.journal.key.part)
            )
            for legs, part in zip(cut, parts, strict=True)
        ]
    )
    return (
        every.group_by("document", "source_lines")
        .agg(pl.col("part").sort_by("order").first())
        .with_columns(external_id=pl.lit(whole.journal.external_id))
    )


def _disposed(disposed: pl.DataFrame, frame: pl.DataFrame, moved: pl.DataFrame) -> pl.DataFrame:
    """The endings with the part that each source line of a cut journal stands in."""
    rows = frame.select(
        "document", pl.col("line_no").cast(pl.Int32).alias("source_lines"), "amount_minor"
    )
    cut = disposed.filter(pl.col("external_id").is_in(moved["external_id"].unique().implode()))
    stay = disposed.filter(~pl.col("external_id").is_in(moved["external_id"].unique().implode()))
    again = (
        cut.select("document", "state", "reason", "external_id", "source_lines")
        .explode("source_lines")
        .join(moved, on=["document", "source_lines", "external_id"], how="left")
        .with_columns(external_id=pl.coalesce("part", "external_id"))
        .join(rows, on=["document", "source_lines"], how="left")
        .group_by("document", "state", "reason", "external_id")
        .agg(
            pl.col("source_lines").sort(),
            debit_minor=pl.col("amount_minor").clip(lower_bound=0).sum(),
            credit_minor=(-pl.col("amount_minor")).clip(lower_bound=0).sum(),
        )
    )
    columns = [pl.col(name).cast(kind) for name, kind in DISPOSED.items()]
    return pl.concat([stay, again.select(columns)]).sort(
        "document", "state", "reason", "external_id"
    )
