"""Facts of the document from where the profile says they stand: a column, a cell, the name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tieout.adapters.delimited.columns import Layout
from tieout.adapters.delimited.cuts import letters
from tieout.adapters.delimited.grid import Grid
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.adapters.delimited.values import read_date, read_month
from tieout.contracts.findings import Findings
from tieout.contracts.source_text import ValueUnreadableError
from tieout.finance.documents import DocumentFacts


@dataclass(frozen=True)
class Origins:
    """Reads facts of one document."""

    profile: DelimitedProfile
    grid: Grid
    layout: Layout
    name: str
    findings: Findings

    def facts(self, currency: str) -> DocumentFacts:
        """What the document is about, in our codes; empty: it does not say."""
        return DocumentFacts(
            entity=self._mapped("entity", self.profile.entities),
            pay_group=self._mapped("pay_group", self.profile.pay_groups),
            period=self._read("period", read_month)[:7],
            run_ref=self.text("run_id"),
            currency=currency,
            pay_date=self._day("pay_date"),
        )

    def posting_date(self) -> str:
        """ISO date that all lines without an own date are booked at, or empty."""
        return self._read("posting_date", read_date)

    def text(self, fact: str) -> str:
        """The text of a fact; more than one value in a column is told."""
        origin = self.profile.period.get(fact, "")  # type: ignore[call-overload]
        kind, _, where = origin.partition(":")
        match kind:
            case "const":
                return str(where)
            case "file":
                match = re.search(where, self.name)
                return match.group(1) if match else ""
            case "cell":
                return self._cell(where)
            case "record":
                return self._record(where)
            case "column":
                return self._column(fact, where)
            case _:
                return ""

    def _cell(self, where: str) -> str:
        row, column = (int(part) for part in where.split(","))
        if row > len(self.grid.preamble):
            return ""
        cells = self.grid.preamble[row - 1][1]
        return cells[column - 1].strip() if column <= len(cells) else ""

    def _record(self, where: str) -> str:
        kind, span = where.split(",")
        return letters(span)([self.grid.records.get(kind, "")]).strip()

    def _column(self, fact: str, name: str) -> str:
        cut = self.layout.fields.get(fact)
        if cut is None:
            try:
                cut = self.layout.cell(name)
            except KeyError:
                return ""
        found = self.grid.distinct(cut, self.layout.width)
        if len(found) > 1:
            self.findings.add(
                "expectation_failed",
                f"The rows name {len(found)} values of {fact}: a file is one run.",
                field=name,
                found=", ".join(sorted(found))[:40],
            )
            return ""
        return found.pop() if found else ""

    def _mapped(self, fact: str, codes: object) -> str:
        text = self.text(fact)
        if not isinstance(codes, dict) or fact not in self.profile.period:
            return ""
        if text in codes:
            return str(codes[text])
        self.findings.add(
            "expectation_failed",
            f"{fact.replace('_', ' ').capitalize()} {text or '(empty)'} is not known to "
            f"{self.profile.provider or 'the profile'}.",
            field=fact,
            found=text or "(empty)",
            next_step="Add it to the provider's configuration, or return the file.",
        )
        return ""

    def _read(self, fact: str, reader: Callable[..., str]) -> str:
        text = self.text(fact)
        if not text:
            return ""
        try:
            return reader(text, self.profile.values)
        except ValueUnreadableError as error:
            self.findings.add(
                "value_unreadable",
                f"The document's {fact.replace('_', ' ')} is not {error}.",
                field=fact,
                found=text,
            )
            return ""

    def _day(self, fact: str) -> date | None:
        iso = self._read(fact, read_date)
        return date.fromisoformat(iso) if iso else None
