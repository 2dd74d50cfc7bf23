"""Rows one by one: codes, dates and legs of each, and what the rows of a file show together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tieout.adapters.delimited.columns import Layout
from tieout.adapters.delimited.legs import Leg, Legs
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.adapters.delimited.values import read_date, read_month
from tieout.contracts.findings import Findings, masked
from tieout.contracts.pay_lines import PayLines
from tieout.contracts.source_text import ValueUnreadableError
from tieout.finance.documents import DocumentFacts

#: Fields whose text is taken as it stands.
CODES = (
    *("component_code", "source_account", "contra_account", "employee_ref"),
    *("cost_center_code", "project_code"),
)
#: Fields that are dates, each with how its text is read.
DATES = {"posting_date": read_date, "earned_for": read_month}


@dataclass(frozen=True)
class Basis:
    """What reading the rows of one file stands on.

    Attributes:
        stated: what the document says of itself.
        posting_date: ISO date of rows that state none.
    """

    profile: DelimitedProfile
    layout: Layout
    stated: DocumentFacts
    posting_date: str

    @property
    def code_column(self) -> str:
        """The column that says what a line is."""
        return "component_code" if self.profile.coding == "component" else "source_account"


@dataclass
class Seen:
    """What the rows showed beside their amounts.

    Attributes:
        unknown_codes: how many lines have each pay code that the profile does not know.
        keys: the first line of each key that may stand once.
        first_line: the first line of each voucher.
    """

    currencies: set[str] = field(default_factory=set)
    unknown_codes: Counter[str] = field(default_factory=Counter)
    keys: dict[tuple[str, ...], int] = field(default_factory=dict)
    first_line: dict[str, int] = field(default_factory=dict)


class RowReader:
    """Adds rows to the lines one by one, and tells what can't be read at its place."""

    def __init__(self, basis: Basis, legs: Legs, findings: Findings) -> None:
        self.lines = PayLines()
        self.seen = Seen()
        self._basis = basis
        self._legs = legs
        self._findings = findings
        self._codes = RowCodes(basis, legs)
        identity = basis.profile.identity
        self._key = [basis.layout.cell(name) for name in identity.dedupe_key]
        self._voucher = [basis.layout.cell(name) for name in identity.group_key]

    def take(self, line: int, cells: list[str]) -> None:
        """Add the legs of one row; a row of another width is told and left out."""
        profile, width = self._basis.profile, self._basis.layout.width
        if len(cells) != width:
            self._findings.add(
                "value_unreadable",
                f"Line {line} is not a row of this file: it has {len(cells)} fields, "
                f"the header has {width}.",
                line=line,
                field="row",
                found=f"{len(cells)} fields",
            )
            return
        shared = self._codes.shared(line, cells)
        if self._key:
            self._note_key(line, tuple(cut(cells) for cut in self._key))
        if profile.coding == "account":
            parts = [cut(cells).strip() for cut in self._voucher]
            parts = parts or [self._legs.text(cells, "voucher")]
            shared["voucher_key"] = " ".join(part for part in parts if part) or "1"
            self.seen.first_line.setdefault(shared["voucher_key"], line)
        self.seen.currencies.add(shared["currency"])
        for leg in self._legs.of(line, cells):
            self._add(line, shared, leg)

    def _add(self, line: int, shared: Mapping[str, str], leg: Leg) -> None:
        values = {**shared, **leg.codes, "amount": leg.amount}
        column, profile = self._basis.code_column, self._basis.profile
        if not values.get(column):
            self._findings.add(
                "value_unreadable",
                f"Line {line}: {column.replace('_', ' ')} is empty.",
                line=line,
                field=str(profile.columns.at.get(column, column)),
                found="(empty)",
            )
            return
        self.lines.add(line, values)
        known = profile.components
        if column == "component_code" and known and values[column] not in known:
            self.seen.unknown_codes[values[column]] += 1

    def _note_key(self, line: int, key: tuple[str, ...]) -> None:
        """Two equal rows are legal pay; two rows with the key of one are told."""
        first = self.seen.keys.setdefault(key, line)
        if first != line:
            names = self._basis.profile.identity.dedupe_key
            self._findings.add(
                "expectation_failed",
                f"Lines {first} and {line} have the same {', '.join(names)}.",
                line=line,
                field=names[-1],
                found=f"also in line {first}",
            )


class RowCodes:
    """Reads what all legs of a row have in common; dates are read once per text."""

    def __init__(self, basis: Basis, legs: Legs) -> None:
        placed = basis.profile.columns.at
        self._legs = legs
        self._codes = [name for name in CODES if name in placed]
        self._dates = [name for name in DATES if name in placed]
        self._known: dict[tuple[str, str], str] = {}
        self._same = {
            "coding": basis.profile.coding,
            "currency": basis.profile.currency,
            "entity": basis.stated.entity,
            "posting_date": basis.posting_date,
        }

    def shared(self, line: int, cells: list[str]) -> dict[str, str]:
        """Codes, currency, entity and dates of one row."""
        legs, shared = self._legs, dict(self._same)
        for name in self._codes:
            shared[name] = legs.text(cells, name)
            if not legs.profile.has_form(name, shared[name]):
                self._tell_form(line, name, shared[name])
        if currency := legs.text(cells, "currency"):
            shared["currency"] = currency
        if entity := legs.text(cells, "entity"):
            # A code that the profile does not know stays as found; the document's finding blocks.
            shared["entity"] = legs.profile.entities.get(entity, entity)
        for name in self._dates:
            if text := legs.text(cells, name):
                shared[name] = self._date(line, name, text)
        return shared

    def _tell_form(self, line: int, name: str, text: str) -> None:
        title, form = self._legs.profile.columns.at[name], self._legs.profile.forms[name]
        self._legs.findings.add(
            "value_unreadable",
            f"Line {line}: {title} is not of the form {form}.",
            line=line,
            field=str(title),
            found=masked(text),
        )

    def _date(self, line: int, name: str, text: str) -> str:
        known = self._known.get((name, text))
        if known is not None:
            return known
        profile = self._legs.profile
        try:
            self._known[name, text] = DATES[name](text, profile.values)
        except ValueUnreadableError as error:
            self._legs.findings.add(
                "value_unreadable",
                f"Line {line}: {profile.columns.at[name]} is not {error}.",
                line=line,
                field=str(profile.columns.at[name]),
                found=text,
            )
            return text
        return self._known[name, text]
