"""Sets of source lines as the store keeps them: ranges for what ended alike, blocks for links.

A document's lines mostly end alike in long runs, so a range says thousands of them. The lines
behind one journal line lie scattered; they are offsets of two bytes in a block of 32,768 lines, and
the links of neighbouring journal lines share one row, so that a row's fixed cost is paid once for
hundreds of links. Both directions are answered by an index and one short array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import polars as pl

#: Lines of one block; an offset in it fits two bytes.
BLOCK_LINES: Final = 32_768
#: Bytes of arrays after which a row ends: a row stays below the size that PostgreSQL stores apart.
ROW_BYTES: Final = 1_700
LINK_BYTES: Final = 2
SHARE_BYTES: Final = 8
#: Number, amount and end of one journal line.
LINE_BYTES: Final = 16


def as_ranges(lists: pl.Series) -> pl.Series:
    """Lists of line numbers as the text of int4multirange: `[1,2,3,7]` is `{[1,4),[7,8)}`.

    The order of a list does not matter; an empty one is `{}`.
    """
    import polars as pl

    flat = (
        pl.DataFrame({"line": lists})
        .with_row_index("row")
        .explode("line", empty_as_null=False)
        .sort("row", "line")
    )
    begins = (
        (pl.col("line").diff() > 1) | (pl.col("row").diff() != 0) | (pl.int_range(pl.len()) == 0)
    )
    texts = (
        flat.with_columns(piece=begins.cum_sum())
        .group_by("row", "piece", maintain_order=True)
        .agg(low=pl.col("line").min(), high=pl.col("line").max() + 1)
        .select("row", text=pl.format("[{},{})", "low", "high"))
        .group_by("row", maintain_order=True)
        .agg(pl.col("text").str.join(","))
    )
    rows = pl.DataFrame({"row": pl.int_range(len(lists), dtype=pl.UInt32, eager=True)})
    joined = rows.join(texts, on="row", how="left", maintain_order="left")
    return joined.select(_braced(pl.col("text").fill_null(""))).to_series()


def as_blocks(links: pl.DataFrame) -> pl.DataFrame:
    """Lineage as rows of the table lineage_block, arrays as text.

    Args:
        links: one row for each journal line and document, with `journal_id`, `document_id`,
            `line_number`, `source_lines` (list), `amount_minor` and `shares`: a list beside
            `source_lines` in minor units, or null where each line stands with all of its amount.
    """
    import polars as pl

    place = ["journal_id", "document_id", "block"]
    links = links.sort("journal_id", "document_id", "line_number")
    pieces = _pieces(links).sort(*place, "line_number", maintain_order=True)
    weight = LINE_BYTES + pl.col("offsets").list.len() * LINK_BYTES + pl.col("shared") * SHARE_BYTES
    rows = (
        pieces.with_columns(row=weight.cast(pl.Int64).cum_sum().over(place) // ROW_BYTES)
        .group_by(*place, "row", maintain_order=True)
        .agg(
            first_line=pl.col("line_number").first(),
            last_line=pl.col("line_number").last(),
            line_numbers=pl.col("line_number"),
            amounts_minor=pl.col("amount_minor"),
            link_ends=pl.col("offsets").list.len().cum_sum(),
            source_offsets=pl.col("offsets").explode(),
            shares_minor=pl.col("shares").explode(),
            shared=pl.col("shared").sum(),
        )
    )
    arrays = ("line_numbers", "amounts_minor", "link_ends", "source_offsets", "shares_minor")
    return rows.with_columns(
        shares_minor=pl.when(pl.col("shared") > 0).then(pl.col("shares_minor"))
    ).select(*place, "first_line", "last_line", *(_array(name) for name in arrays))


def _pieces(links: pl.DataFrame) -> pl.DataFrame:
    """One row for each journal line, document and block."""
    import polars as pl

    flat = _with_shares(links.with_row_index("link"))
    key = ["link", "block"]
    return (
        flat.with_columns(
            block=pl.col("source_line") // BLOCK_LINES,
            offset=(pl.col("source_line") % BLOCK_LINES).cast(pl.Int16),
        )
        .sort(*key, "offset")
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("journal_id", "document_id", "line_number", "amount_minor").first(),
            offsets=pl.col("offset"),
            shares=pl.col("share"),
            shared=pl.col("share").is_not_null().sum(),
        )
        .with_columns(
            # The amount of a line over several blocks stands in the first of them.
            amount_minor=pl.when(pl.col("link").is_first_distinct())
            .then(pl.col("amount_minor"))
            .otherwise(0)
        )
    )


def _with_shares(links: pl.DataFrame) -> pl.DataFrame:
    """One row for each link, `share` null where it is the whole amount."""
    import polars as pl

    keep = ["link", "journal_id", "document_id", "line_number", "amount_minor"]
    whole = links.filter(pl.col("shares").is_null()).select(
        *keep, source_line=pl.col("source_lines")
    )
    split = links.filter(pl.col("shares").is_not_null()).select(
        *keep, source_line=pl.col("source_lines"), share=pl.col("shares")
    )
    return pl.concat(
        [
            whole.explode("source_line").with_columns(share=pl.lit(None, dtype=pl.Int64)),
            split.explode("source_line", "share").with_columns(pl.col("share").cast(pl.Int64)),
        ]
    ).with_columns(pl.col("source_line").cast(pl.Int32))


def _array(name: str) -> pl.Expr:
    """The text of an array, or null."""
    import polars as pl

    texts = pl.col(name).cast(pl.List(pl.String))
    if name == "shares_minor":
        texts = texts.list.eval(pl.element().fill_null("NULL"))
    return _braced(texts.list.join(",")).alias(name)


def _braced(text: pl.Expr) -> pl.Expr:
    import polars as pl

    return pl.concat_str(pl.lit("{"), text, pl.lit("}"))
