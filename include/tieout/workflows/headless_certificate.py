"""Completeness of a build without a store: every line of every document ends exactly once.

What came in is counted before mapping; what became of it is what the build disposed. Both are
looked up line by line, so that a dropped, doubled, moved or altered line is told with its stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tieout.finance.certificates import STATES, Sums
from tieout.finance.documents import ControlOrigin, ControlTotals, SourceDocument

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import BuiltJournal


@dataclass(frozen=True, slots=True, eq=False)
class Disposed:
    """Lines of one document and currency that ended alike; `source_lines` in their order."""

    document: str
    state: str
    reason: str
    external_id: str
    currency: str
    source_lines: pl.Series
    sums: Sums


@dataclass(frozen=True, slots=True)
class Certificate:
    """One document: currency → what came in and how it ended; `failures` is empty when equal."""

    document: SourceDocument
    unit_key: str
    control: ControlTotals | None
    came_in: Mapping[str, Sums]
    ended: Mapping[str, Mapping[str, Sums]]
    failures: tuple[str, ...] = field(default=())

    @property
    def as_stated(self) -> bool | None:
        """Whether the lines sum to the control totals; None when nobody stated any."""
        if self.control is None or self.control.origin is ControlOrigin.DERIVED:
            return None
        read = sum(self.came_in.values(), Sums())
        told = self.control
        return read == Sums(told.line_count, told.debit_minor, told.credit_minor)


@dataclass(frozen=True)
class LookedUp:
    """What the build decided, looked up line by line in the validated rows.

    Attributes:
        disposed: per currency of the source lines.
        counted: document → what was counted of it, see `_counted`.
    """

    disposed: Sequence[Disposed]
    counted: Mapping[str, Mapping[str, int]]


def look_up(typed: pl.DataFrame, disposed: pl.DataFrame) -> LookedUp:
    """Find every line that the build disposed among the rows that came in.

    Args:
        typed: the validated rows.
        disposed: see `Built.disposed`.
    """
    import polars as pl

    parts = disposed.with_row_index("part")
    documents = pl.concat([typed["document"].unique(), disposed["document"].unique()]).unique()
    number = pl.DataFrame({"document": documents}).with_row_index("number")
    came = typed.select("document", "line_no", "currency", "amount_minor").join(
        number, on="document", maintain_order="left"
    )
    ended = _found(
        came,
        parts.join(number, on="document")
        .select("part", "number", pl.col("source_lines").alias("line_no"))
        .explode("line_no")
        .cast({"line_no": pl.Int64}),
    )
    keys = ["document", "state", "reason", "external_id", "currency"]
    grouped = (
        ended.with_columns(pl.col("currency").fill_null(""))
        .group_by("part", "currency")
        .agg(pl.col("line_no").sort(), *_sums())
        .join(parts.drop("source_lines", "debit_minor", "credit_minor"), on="part")
        .sort(keys)
    )
    lines = [
        Disposed(
            row["document"], row["state"], row["reason"], row["external_id"], row["currency"],
            numbers, Sums(numbers.len(), int(row["debit"]), int(row["credit"])),
        )
        for row, numbers in zip(
            grouped.drop("line_no").iter_rows(named=True), grouped["line_no"], strict=True
        )
    ]  # fmt: skip
    return LookedUp(lines, _counted(came, ended, disposed, number))


def _found(came: pl.DataFrame, ended: pl.DataFrame) -> pl.DataFrame:
    """The rows that came in beside the lines that were ended; null where there is none.

    Lines are mostly numbered without gaps, so that a row stands where its number says.
    """
    import polars as pl

    line = pl.col("line_no")
    first = (
        came.with_row_index("at")
        .group_by("number")
        .agg(
            pl.col("at").first(),
            pl.len(),
            dense=(line == pl.int_range(1, pl.len() + 1)).all()
            & (pl.col("at").last() - pl.col("at").first() + 1 == pl.len()),
        )
    )
    if not first["dense"].all():
        rows = came.drop("document")
        return ended.join(rows, on=["number", "line_no"], how="left", maintain_order="left")
    placed = ended.join(first, on="number", how="left", maintain_order="left")
    at = pl.when((line >= 1) & (line <= pl.col("len"))).then(pl.col("at") + line - 1)
    place = placed.select(at.cast(pl.UInt32)).to_series()
    return ended.with_columns(came["currency"].gather(place), came["amount_minor"].gather(place))


def _counted(
    came: pl.DataFrame, ended: pl.DataFrame, disposed: pl.DataFrame, number: pl.DataFrame
) -> dict[str, dict[str, int]]:
    """What each document's lines came to.

    `rows` were passed on by validate, `came` of them are different; `ended` lines were disposed,
    `once` of them are different, `strange` never came. `debit` and `credit` are the sums of the
    disposed lines, `told_…` what the build itself counted.
    """
    import polars as pl

    line = pl.col("line_no")
    of_rows = came.group_by("number").agg(rows=pl.len(), came=line.n_unique())
    of_ends = ended.group_by("number").agg(
        *_sums(),
        ended=pl.len(),
        once=line.n_unique(),
        strange=line.filter(pl.col("amount_minor").is_null()).n_unique(),
    )
    told = disposed.group_by("document").agg(
        told_count=pl.col("source_lines").list.len().sum(),
        told_debit=pl.col("debit_minor").sum(),
        told_credit=pl.col("credit_minor").sum(),
    )
    every = (
        number.join(of_rows, on="number", how="left")
        .join(of_ends, on="number", how="left")
        .join(told, on="document", how="left")
        .drop("number")
        .fill_null(0)
    )
    return {
        str(row.pop("document")): {name: int(value) for name, value in row.items()}
        for row in every.iter_rows(named=True)
    }


def _sums() -> tuple[pl.Expr, pl.Expr]:
    import polars as pl

    amount = pl.col("amount_minor")
    return (
        amount.clip(lower_bound=0).sum().alias("debit"),
        (-amount).clip(lower_bound=0).sum().alias("credit"),
    )


def certify(
    unit_key: str,
    documents: Mapping[str, tuple[SourceDocument, ControlTotals | None, int]],
    typed: pl.DataFrame,
    found: LookedUp,
) -> list[Certificate]:
    """One certificate per document.

    Args:
        unit_key: the unit they belong to.
        documents: by hash, with control totals and the number of lines that were read.
        typed: the validated rows.
        found: what the build decided, looked up in the rows.
    """
    import polars as pl

    came_in: dict[str, dict[str, Sums]] = {sha: {} for sha in documents}
    grouped = typed.group_by("document", "currency").agg(pl.len(), *_sums())
    for document, currency, count, debit, credit in grouped.sort("document", "currency").rows():
        came_in[document][currency] = Sums(count, int(debit), int(credit))
    ended: dict[str, list[Disposed]] = {}
    for part in found.disposed:
        ended.setdefault(part.document, []).append(part)
    return [
        Certificate(
            document,
            unit_key,
            control,
            came_in[sha],
            _ended(came_in[sha], ended.get(sha, [])),
            tuple(_failures(read_count, found.counted.get(sha, {}))),
        )
        for sha, (document, control, read_count) in documents.items()
    ]


def _ended(came_in: Mapping[str, Sums], lines: Sequence[Disposed]) -> dict[str, Mapping[str, Sums]]:
    currencies = {*came_in, *(part.currency for part in lines)}
    return {
        currency: {
            state: sum(
                (p.sums for p in lines if p.currency == currency and p.state == state), Sums()
            )
            for state in STATES
        }
        for currency in sorted(currencies)
    }


def _failures(read_count: int, counted: Mapping[str, int]) -> Iterator[str]:
    """What does not add up, with the stage that lost or doubled it."""
    of = counted.get
    if of("rows", 0) != read_count:
        yield f"extract read {read_count} lines, validate passed on {of('rows', 0)}"
    doubled = of("ended", 0) - of("once", 0)
    if doubled:
        yield f"build ended {doubled} lines more than once"
    strange = of("strange", 0)
    missing = of("came", 0) - (of("once", 0) - strange)
    if missing or strange:
        yield f"build left {missing} lines without an end and ended {strange} that never came"
    own = (of("ended", 0), of("debit", 0), of("credit", 0))
    told = (of("told_count", 0), of("told_debit", 0), of("told_credit", 0))
    if own != told:
        yield (
            f"the lines sum to {own[1]} and {own[2]} minor units, "
            f"build counted {told[1]} and {told[2]}"
        )


def lineage_failures(journals: Sequence[BuiltJournal]) -> list[str]:
    """Journal lines whose source lines do not sum to them."""
    import polars as pl

    told = []
    for item in journals:
        sums = item.links.group_by("line_number").agg(pl.col("amount_minor").sum())
        behind = dict(sums.iter_rows())
        told += [
            f"line {line.number} of {item.journal.external_id} is not the sum of its source lines"
            for line in item.journal.lines
            if behind.get(line.number) != line.amount_minor
        ]
    return told
