"""Completeness of a build without a store: every line of every document ends exactly once.

What came in is counted before mapping; what became of it is what the build disposed. Both are
looked up line by line, so that a dropped, doubled, moved or altered line is told with its stage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tieout.finance.documents import ControlOrigin, ControlTotals, SourceDocument

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import BuiltJournal, LinesDisposed

#: How a source line may end.
STATES: Final = ("built", "held", "excluded", "carried_over")


@dataclass(frozen=True, slots=True)
class Sums:
    """Lines with the sums of their positive and of their negative amounts, in minor units."""

    line_count: int = 0
    debit_minor: int = 0
    credit_minor: int = 0

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.line_count + other.line_count,
            self.debit_minor + other.debit_minor,
            self.credit_minor + other.credit_minor,
        )


@dataclass(frozen=True, slots=True)
class Disposed:
    """Lines of one document and currency that ended alike."""

    document: str
    state: str
    reason: str
    external_id: str
    currency: str
    source_lines: tuple[int, ...]
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


def disposed_lines(typed: pl.DataFrame, disposed: Sequence[LinesDisposed]) -> list[Disposed]:
    """What the build decided, per currency of the source lines."""
    import polars as pl

    parts = pl.DataFrame(
        {
            "document": [part.document for part in disposed],
            "state": [part.state for part in disposed],
            "reason": [part.reason for part in disposed],
            "external_id": [part.external_id for part in disposed],
            "line_no": [list(part.source_lines) for part in disposed],
        },
        schema_overrides={"line_no": pl.List(pl.Int64), **dict.fromkeys(
            ("document", "state", "reason", "external_id"), pl.String)},
    ).explode("line_no")  # fmt: skip
    lines = typed.select("document", "line_no", "currency", "amount_minor")
    keys = ["document", "state", "reason", "external_id", "currency"]
    grouped = (
        parts.join(lines, on=["document", "line_no"], how="left")
        .with_columns(pl.col("currency").fill_null(""), pl.col("amount_minor").fill_null(0))
        .group_by(keys)
        .agg(pl.col("line_no").sort(), *_sums())
        .sort(keys)
    )
    return [
        Disposed(
            document, state, reason, external_id, currency,
            tuple(numbers), Sums(len(numbers), int(debit), int(credit)),
        )
        for document, state, reason, external_id, currency, numbers, debit, credit
        in grouped.iter_rows()
    ]  # fmt: skip


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
    lines: Sequence[Disposed],
    disposed: Sequence[LinesDisposed],
) -> list[Certificate]:
    """One certificate per document.

    Args:
        unit_key: the unit they belong to.
        documents: by hash, with control totals and the number of lines that were read.
        typed: the validated rows.
        lines: what the build decided, looked up in the rows.
        disposed: the same as the build itself counted it.
    """
    import polars as pl

    came_in: dict[str, dict[str, Sums]] = {sha: {} for sha in documents}
    grouped = typed.group_by("document", "currency").agg(pl.len(), *_sums())
    for document, currency, count, debit, credit in grouped.sort("document", "currency").rows():
        came_in[document][currency] = Sums(count, int(debit), int(credit))
    return [
        Certificate(
            document,
            unit_key,
            control,
            came_in[sha],
            _ended(came_in[sha], [part for part in lines if part.document == sha]),
            tuple(_failures(sha, read_count, typed, lines, disposed)),
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


def _failures(
    sha: str,
    read_count: int,
    typed: pl.DataFrame,
    lines: Sequence[Disposed],
    disposed: Sequence[LinesDisposed],
) -> Iterator[str]:
    """What does not add up, with the stage that lost or doubled it."""
    rows = typed.filter(typed["document"] == sha)
    ours = [part for part in lines if part.document == sha]
    ended = sorted(line for part in ours for line in part.source_lines)
    if rows.height != read_count:
        yield f"extract read {read_count} lines, validate passed on {rows.height}"
    if len(set(ended)) != len(ended):
        yield f"build ended {len(ended) - len(set(ended))} lines more than once"
    missing = len(set(rows["line_no"].to_list()) - set(ended))
    strange = len(set(ended) - set(rows["line_no"].to_list()))
    if missing or strange:
        yield f"build left {missing} lines without an end and ended {strange} that never came"
    own = sum((part.sums for part in ours), Sums())
    parts = [part for part in disposed if part.document == sha]
    told = Sums(
        sum(len(part.source_lines) for part in parts),
        sum(part.debit_minor for part in parts),
        sum(part.credit_minor for part in parts),
    )
    if own != told:
        yield (
            f"the lines sum to {own.debit_minor} and {own.credit_minor} minor units, "
            f"build counted {told.debit_minor} and {told.credit_minor}"
        )


def lineage_failures(journals: Sequence[BuiltJournal]) -> list[str]:
    """Journal lines whose source lines do not sum to them."""
    told = []
    for item in journals:
        behind: dict[int, int] = {}
        for link in item.lineage:
            behind[link.line_number] = behind.get(link.line_number, 0) + link.amount_minor
        told += [
            f"line {line.number} of {item.journal.external_id} is not the sum of its source lines"
            for line in item.journal.lines
            if behind.get(line.number) != line.amount_minor
        ]
    return told
