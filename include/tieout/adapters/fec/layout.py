"""Separator, header and rows of a FEC file; columns go by name, order and case are free."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tieout.adapters.fec.profile import FecProfile
from tieout.contracts.findings import Findings

#: The eighteen columns of article A. 47 A-1; amounts come in one of two forms.
COLUMNS: Final = (
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
)
_NEEDED: Final = ("JournalCode", "EcritureNum", "EcritureDate", "CompteNum")
_FORMS: Final = (("Debit", "Credit"), ("Montant", "Sens"))
#: Seen in the wild for the column of lettering.
_MISSPELT: Final = {"ecrturelet": "ecriturelet"}
_BLANKS: Final = " \t\u00a0\u202f\x00"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands; `form` is the pair of amount columns.

    `written` counts the header's fields with the empty one behind a trailing separator.
    """

    delimiter: str
    width: int
    written: int
    positions: dict[str, int]
    form: tuple[str, str]


def normalised(name: str) -> str:
    """Header name in lower case without blanks, misspellings mended."""
    lower = name.strip(_BLANKS + '"').lower()
    return _MISSPELT.get(lower, lower)


def parse_layout(line: str, profile: FecProfile, findings: Findings) -> Layout:
    """Read the header line.

    Raises:
        UnreadableDocumentError: columns that the file can't be read without are missing or twice.
    """
    delimiter = str(profile.container.delimiter) or max(("\t", "|", ";", ","), key=line.count)
    names = [normalised(name) for name in line.split(delimiter)]
    written = len(names)
    while names and not names[-1]:
        names.pop()
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise findings.unreadable(
            f"The header names {', '.join(doubled)} twice.", line=1, field=doubled[0]
        )
    positions = {name: at for at, name in enumerate(names)}
    form = next((pair for pair in _FORMS if all(part.lower() in positions for part in pair)), None)
    missing = [name for name in _NEEDED if name.lower() not in positions]
    if form is None:
        missing.append("Debit and Credit, or Montant and Sens")
    if missing or form is None:
        raise findings.unreadable(
            f"The header lacks {', '.join(missing)}.",
            line=1,
            field=missing[0],
            next_step="Ask the provider for all columns of the layout.",
        )
    for name in COLUMNS:
        if name.lower() not in positions:
            findings.warn(
                "contract_drift",
                f"The header lacks {name}, which the layout has and we do not need.",
                line=1,
                field=name,
                found=f"{len(names)} columns",
            )
    return Layout(delimiter, len(names), written, positions, form)


def rows(
    lines: Sequence[str], layout: Layout, findings: Findings
) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with their physical line; a row of another width is told and left out.

    Quotes have no meaning between tabs or bars; between commas and semicolons they have.
    """
    split = [(number, _fields(line, layout)) for number, line in enumerate(lines[1:], start=2)]
    widths = {len(fields) for _, fields in split if fields}
    # A separator at the end of each row is harmless; in one row alone it means shifted columns.
    allowed = {layout.width, layout.written} | (widths if widths == {layout.width + 1} else set())
    for number, fields in split:
        if fields is None:
            findings.warn("value_unreadable", f"Line {number} is empty.", line=number, field="row")
        elif len(fields) in allowed and not any(field.strip() for field in fields[layout.width :]):
            yield number, {name: fields[at].strip(_BLANKS) for name, at in layout.positions.items()}
        else:
            findings.add(
                "value_unreadable",
                f"Line {number} is not a row of this file: it has {len(fields)} fields, "
                f"the header has {layout.width}.",
                line=number,
                field="row",
                found=f"{len(fields)} fields",
                next_step="Ask the provider; a separator inside a text shifts the columns.",
            )


def _fields(line: str, layout: Layout) -> list[str] | None:
    """The fields of a line; none for an empty line, no field where a quote never closes."""
    if not line.strip(_BLANKS):
        return None
    if layout.delimiter not in ";,":
        return line.split(layout.delimiter)
    try:
        return next(csv.reader((line,), delimiter=layout.delimiter, strict=True))
    except csv.Error:
        return []
