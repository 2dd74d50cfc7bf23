"""Which position each field of the profile has in this file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tieout.adapters.delimited.cuts import Cell, Cut, letters
from tieout.adapters.delimited.grid import Grid, normalised
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.contracts.findings import Findings


@dataclass(frozen=True)
class Layout:
    """How to cut each field and each named column out of a row's cells."""

    fields: Mapping[str, Cut]
    names: Mapping[str, int]
    width: int

    def cell(self, name: str) -> Cell:
        """The cell under a header name, or at a position where the file has no header.

        Raises:
            KeyError: the file has no such column.
        """
        if not self.names and name.isdigit():
            return Cell(int(name) - 1)
        return Cell(self.names[normalised(name)])

    def positions(self, names: Collection[str]) -> set[int]:
        """The positions of all fields and of these columns, as far as the file has them."""
        found = {cut.position for cut in self.fields.values()}
        if not self.names:
            return found | {int(name) - 1 for name in names if name.isdigit()}
        return found | {self.names[it] for name in names if (it := normalised(name)) in self.names}


def find_columns(grid: Grid, profile: DelimitedProfile, findings: Findings) -> Layout:
    """Positions of all fields.

    Raises:
        UnreadableDocumentError: a column that is needed is missing or stands twice.
    """
    if profile.container.kind == "fixed":
        return Layout({name: letters(str(at)) for name, at in profile.columns.at.items()}, {}, 1)
    if profile.container.columns_by == "position" or not grid.header:
        cuts = {name: Cell(int(at) - 1) for name, at in profile.columns.at.items()}
        return Layout(cuts, {}, grid.width)
    names = [normalised(name) for name in grid.header]
    _refuse_doubled(grid, names, profile, findings)
    _refuse_missing(names, profile, findings)
    _tell_unknown(grid, names, profile, findings)
    positions = {name: at for at, name in enumerate(names)}
    placed = {
        field: Cell(positions[normalised(str(name))])
        for field, name in profile.columns.at.items()
        if normalised(str(name)) in positions
    }
    return Layout(placed, positions, len(names))


def _refuse_doubled(
    grid: Grid, names: list[str], profile: DelimitedProfile, findings: Findings
) -> None:
    wanted = {normalised(str(name)) for name in profile.columns.at.values()}
    wanted |= {normalised(name) for name in profile.named_columns}
    for title, name in zip(grid.header, names, strict=True):
        if name in wanted and names.count(name) > 1:
            raise findings.unreadable(
                f"The header names {title} twice.", line=_header_line(profile), field=title
            )


def _refuse_missing(names: list[str], profile: DelimitedProfile, findings: Findings) -> None:
    needed = [str(profile.columns.at[field]) for field in profile.needed]
    needed += [name for name in profile.columns.required if name not in needed]
    needed += profile.named_columns
    missing = [name for name in dict.fromkeys(needed) if normalised(name) not in names]
    if missing:
        raise findings.unreadable(
            f"The header lacks {', '.join(missing)}.",
            line=_header_line(profile),
            field=missing[0],
            next_step="Ask the provider, or accept the new version of the format in the profile.",
        )


def _tell_unknown(
    grid: Grid, names: list[str], profile: DelimitedProfile, findings: Findings
) -> None:
    if profile.columns.unknown_columns == "ignore":
        return
    known = {normalised(str(name)) for name in profile.columns.at.values()}
    for group in (
        profile.columns.required,
        profile.columns.ignored,
        profile.privacy.drop,
        profile.named_columns,
    ):
        known |= {normalised(name) for name in group}
    for title, name in zip(grid.header, names, strict=True):
        if name not in known:
            findings.add(
                "contract_drift",
                f"Column {title or '(without name)'} is new; the profile does not know it.",
                line=_header_line(profile),
                field=title,
                found=title or "(empty)",
                next_step="Accept the new version of the format in the profile.",
            )


def _header_line(profile: DelimitedProfile) -> int:
    return profile.container.preamble_rows + 1
