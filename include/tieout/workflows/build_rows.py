"""The rows of a build as frames that the store copies: journal lines, lineage, dispositions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tieout.warehouse.line_sets import as_blocks, as_ranges
from tieout.warehouse.store import Work

if TYPE_CHECKING:
    import polars as pl

    from tieout.finance.journals import Journal
    from tieout.stages.build.build import Built, BuiltJournal


def copy_journal_lines(work: Work, journals: Sequence[Journal]) -> None:
    """Store the lines of journals whose heads were stored before."""
    import polars as pl

    schema: dict[str, type[pl.DataType]] = {
        "number": pl.Int32, "account": pl.String, "cost_center": pl.String, "project": pl.String,
        "component_class": pl.String, "amount_minor": pl.Int64, "description": pl.String,
        "people_count": pl.Int32, "functional_minor": pl.Int64, "tax_code": pl.String,
        "tax_base_minor": pl.Int64,
    }  # fmt: skip
    lines = [line for item in journals for line in item.lines]
    names = [item.external_id for item in journals for _ in item.lines]
    values = [
        pl.Series(name, [getattr(line, name) for line in lines], dtype=kind)
        for name, kind in schema.items()
    ]
    work.copy("build", "copy_journal_lines", pl.DataFrame([pl.Series("journal", names), *values]))


def copy_source_totals(work: Work, built: Sequence[BuiltJournal]) -> None:
    """Store what the sources of journals sum to, by class."""
    import polars as pl

    rows = [
        (item.journal.external_id, name, total)
        for item in built
        for name, total in item.source_totals.items()
    ]
    schema = {"external_id": pl.String, "component_class": pl.String, "amount_minor": pl.Int64}
    work.copy("build", "copy_source_totals", pl.DataFrame(rows, schema=schema, orient="row"))


def copy_lineage(work: Work, links: pl.DataFrame) -> None:
    """Store which source lines stand behind journal lines.

    Args:
        work: the transaction that stored the journals.
        links: `external_id`, `line_number`, `document`, `source_lines` (list), `amount_minor`,
            `shares` (list beside `source_lines`, null where each line stands with its full amount).
    """
    import polars as pl

    journals = _ids(work, "ids_of_journals", external_ids=_distinct(links["external_id"]))
    documents = _ids(work, "ids_of_documents", documents=_distinct(links["document"]))
    numbered = links.with_columns(
        journal_id=pl.col("external_id").replace_strict(journals, return_dtype=pl.Int32),
        document_id=pl.col("document").replace_strict(documents, return_dtype=pl.Int32),
    )
    work.copy("build", "copy_lineage", as_blocks(numbered))


def copy_dispositions(work: Work, unit_key: str, parts: pl.DataFrame) -> None:
    """Store where source lines ended.

    Args:
        work: the transaction that stored the journals.
        unit_key: the unit that the lines belong to.
        parts: `document`, `state`, `reason`, `external_id` (empty for lines that are not built),
            `source_lines` (list), `debit_minor`, `credit_minor`.
    """
    import polars as pl

    rows = parts.select(
        "document",
        pl.lit(unit_key),
        "state",
        "reason",
        pl.when(pl.col("external_id") != "").then(pl.col("external_id")),
        as_ranges(parts["source_lines"]).alias("ranges"),
        pl.col("source_lines").list.len().alias("line_count"),
        "debit_minor",
        "credit_minor",
    )
    work.copy("build", "copy_dispositions", rows)


def links_of(built: Sequence[BuiltJournal]) -> pl.DataFrame:
    """The lineage of built journals, as `copy_lineage` takes it."""
    import polars as pl

    from tieout.stages.build.build import LINEAGE

    return pl.concat([pl.DataFrame(schema=LINEAGE), *(item.links for item in built)])


def parts_of(built: Built, further: Sequence[Mapping[str, object]] = ()) -> pl.DataFrame:
    """Where a build's lines ended, and `further` parts alike, as `copy_dispositions` takes them."""
    import polars as pl

    from tieout.stages.build.build import DISPOSED

    rows = [[part[name] for name in DISPOSED] for part in further]
    return pl.concat([built.disposed, pl.DataFrame(rows, schema=DISPOSED, orient="row")])


def _ids(work: Work, name: str, **wanted: object) -> dict[str, int]:
    return {row["name"]: row["id"] for row in work.rows("build", name, **wanted)}


def _distinct(column: pl.Series) -> list[str]:
    return column.unique().sort().to_list()
