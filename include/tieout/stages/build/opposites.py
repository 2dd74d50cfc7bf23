"""build: the opposite of a journal, line for line; how an accrual ends and a correction begins.

What the ledger holds is never edited or deleted: it is taken back by a journal that names it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from tieout.finance.journals import Journal, JournalKey, JournalKind, JournalLine, JournalTies
from tieout.stages.build.build import BuiltJournal


def opposite(original: Journal, key: JournalKey, on: date, *, memo: str, pair: str = "") -> Journal:
    """The journal that takes `original` back on the day `on`.

    Every line keeps its number, account, dimensions, class and words; amounts change their sign.
    The opposite of an opposite therefore has the original's lines again.

    Args:
        original: the journal to take back.
        key: the identity of the opposite; of the same entity.
        on: its accounting date.
        memo: what a person reads in the ERP.
        pair: external id that the two go by; by default what `original` goes by, or its own.
    """
    chain = original.ties.chain or original.key.batch
    return Journal(
        key=replace(key, entity=original.key.entity, part=original.key.part),
        accounting_date=on,
        currency=original.currency,
        memo=memo,
        lines=tuple(_negated(line) for line in original.lines),
        input_versions=(
            *((kind, name) for kind, name in original.input_versions if kind != "journal"),
            ("journal", f"{original.external_id}@{original.content_hash}"),
        ),
        ties=JournalTies(
            reverses=original.external_id,
            pair=pair or original.ties.pair or original.external_id,
            chain="" if chain == key.batch else chain,
            parts=original.ties.parts,
        ),
        rate_basis=original.rate_basis,
        functional_currency=original.functional_currency,
    )


def opposite_with_sources(original: BuiltJournal, opposed: Journal) -> BuiltJournal:
    """The opposite with the same source lines behind it, and their totals with the other sign."""
    links = original.links.with_columns(
        pl.lit(opposed.external_id).alias("external_id"),
        -pl.col("amount_minor"),
        pl.col("shares").list.eval(-pl.element()),
    )
    return BuiltJournal(
        opposed,
        links,
        {name: -total for name, total in original.source_totals.items()},
    )


def correction_key(original: Journal, period: str, revision: int = 1, part: str = "") -> JournalKey:
    """The identity of the journal that takes `original` back in `period`.

    It depends on the original alone, so a correction that is tried twice is the same one. `part`
    names which part of it is taken back, where that is not the whole.
    """
    return JournalKey(
        original.key.tenant,
        original.key.entity,
        JournalKind.CORRECTION,
        period,
        original.external_id + (f":{part}" if part else ""),
        revision,
    )


def _negated(line: JournalLine) -> JournalLine:
    def other(amount: int | None) -> int | None:
        return None if amount is None else -amount

    return replace(
        line,
        amount_minor=-line.amount_minor,
        functional_minor=other(line.functional_minor),
        tax_base_minor=other(line.tax_base_minor),
    )
