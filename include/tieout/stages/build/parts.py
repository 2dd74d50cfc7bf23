"""build: cut what is longer than the ledger takes into balanced, linked parts.

An atom (an employee of a run, a voucher, an expense entry) balances by itself, so parts made of
whole atoms do too. An atom that is longer than a journal may be is cut only over the transfer
account that policy names; without one it is held. The parts sum to the whole, line for line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import polars as pl

from tieout.errors import TieoutError
from tieout.finance.journals import Journal

#: What one line of a journal is made of.
FACE: Final = ("account", "cost_center", "project")
#: The class of the lines that carry a balance from part to part.
TRANSFER: Final = "transfer"


class JournalTooLongError(TieoutError):
    """An atom alone has more lines than the ledger takes, and no transfer account is named.

    `entity` is whose journal it is and `documents` are those behind it, where that is known;
    `line_count` are the lines of the atom.
    """

    code = "journal_too_long"
    entity = ""
    documents: tuple[str, ...] = ()
    line_count = 0


def cut_legs(legs: pl.DataFrame, limit: int, transfer_account: str = "") -> list[pl.DataFrame]:
    """The legs of each part, in order; one part when the whole is short enough.

    Args:
        legs: `atom`, `account`, `cost_center`, `project`, `leg_minor`, `component_class` and
            whatever else; the legs of an atom sum to zero.
        limit: lines that a journal may have, at least 2.
        transfer_account: account for balances between parts of one atom; empty: none.

    Raises:
        JournalTooLongError: see there.
    """
    if _line_count(legs) <= limit:
        return [legs]
    parts: list[pl.DataFrame] = []
    for atoms in _groups(legs, limit):
        part = legs.filter(pl.col("atom").is_in(atoms))
        if _line_count(part) <= limit:
            parts.append(part)
        else:
            parts += list(_over_transfer(part, limit, transfer_account))
    return parts


def _line_count(legs: pl.DataFrame) -> int:
    """Lines of the journal that these legs make: a group that nets to zero keeps two."""
    nets = legs.group_by(FACE).agg(
        net=pl.col("leg_minor").sum(), sides=pl.col("leg_minor").sign().n_unique()
    )
    return int(
        nets.select(
            pl.when(pl.col("net") == 0).then(pl.col("sides")).otherwise(pl.lit(1)).sum()
        ).item()
    )


def _groups(legs: pl.DataFrame, limit: int) -> Iterator[list[str]]:
    """Whole atoms in the order of their cost center, as many as fit; at least one in each group.

    The lines of the growing part are counted as the journal will have them.
    """
    faces = (
        legs.with_columns(
            face=pl.struct(FACE).rank("dense"), debit=pl.col("leg_minor").clip(lower_bound=0)
        )
        .group_by("atom", "face")
        .agg(net=pl.col("leg_minor").sum(), debit=pl.col("debit").sum())
    )
    atoms = (
        legs.group_by("atom")
        .agg(home=pl.col("cost_center").max())
        .join(faces.group_by("atom").agg("face", "net", "debit"), on="atom")
        .sort("home", "atom")
    )
    group: list[str] = []
    part = _Growing()
    for atom, *columns in atoms.select("atom", "face", "net", "debit").iter_rows():
        moves = list(zip(*columns, strict=True))
        if group and part.line_count + part.added_by(moves) > limit:
            yield group
            group, part = [], _Growing()
        group.append(atom)
        part.add(moves)
    if group:
        yield group


class _Growing:
    """The lines of a part that takes one atom after the other."""

    def __init__(self) -> None:
        self._sums: dict[int, tuple[int, int]] = {}
        self.line_count = 0

    def added_by(self, moves: Sequence[tuple[int, int, int]]) -> int:
        """Lines that an atom's (face, net, debit) would add; fewer when a net of zero goes away."""
        return sum(
            self._lines(self._with(face, net, debit)) - self._lines(self._sums.get(face))
            for face, net, debit in moves
        )

    def add(self, moves: Sequence[tuple[int, int, int]]) -> None:
        """Take the atom."""
        self.line_count += self.added_by(moves)
        for face, net, debit in moves:
            self._sums[face] = self._with(face, net, debit)

    def _with(self, face: int, net: int, debit: int) -> tuple[int, int]:
        before = self._sums.get(face, (0, 0))
        return before[0] + net, before[1] + debit

    @staticmethod
    def _lines(sums: tuple[int, int] | None) -> int:
        if sums is None:
            return 0
        net, debit = sums
        return 2 if net == 0 and debit else 1


def _over_transfer(legs: pl.DataFrame, limit: int, account: str) -> Iterator[pl.DataFrame]:
    """Parts of an atom that is too long: each carries its balance to the transfer account."""
    if not account:
        count = _line_count(legs)
        error = JournalTooLongError(
            f"One atom has {count} lines, the ledger takes {limit}.",
            blocks="its journal",
            next_step="Summarise it more, or name a transfer account in policies/posting.csv.",
        )
        error.line_count = count
        raise error
    faces = legs.select(FACE).unique().sort(FACE)
    size = max((limit - 1) // 2, 1)
    for start in range(0, faces.height, size):
        part = legs.join(faces.slice(start, size), on=list(FACE), how="semi")
        if part["leg_minor"].sum() == 0:
            yield part
            continue
        carried = part.with_columns(
            account=pl.lit(account),
            cost_center=pl.lit(""),
            project=pl.lit(""),
            component_class=pl.lit(TRANSFER),
            leg_minor=-pl.col("leg_minor"),
        )
        yield pl.concat([part, carried])


def whole_of(parts: Sequence[Journal], transfer_account: str = "") -> dict[tuple[str, ...], int]:
    """What parts book together per account and dimensions; the transfer account comes to nothing.

    The proof that parts are the whole: it equals the same sum over the uncut journal.
    """
    totals: dict[tuple[str, ...], int] = {}
    for part in parts:
        for line in part.lines:
            face = (line.account, line.cost_center, line.project)
            totals[face] = totals.get(face, 0) + line.amount_minor
    return {
        face: total
        for face, total in sorted(totals.items())
        if total or face[0] != transfer_account
    }
