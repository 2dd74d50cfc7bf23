"""What all legs of one row have in common: codes, currency, entity, dates."""

from __future__ import annotations

from tieout.adapters.delimited.legs import Legs
from tieout.adapters.delimited.values import read_date, read_month
from tieout.contracts.source_text import ValueUnreadableError
from tieout.finance.documents import DocumentFacts

_CODES = ("component_code", "source_account", "contra_account", "employee_ref")
_DIMENSIONS = ("cost_center_code", "project_code")


class RowCodes:
    """Reads what all legs of a row have in common; dates are read once per text."""

    def __init__(self, legs: Legs, stated: DocumentFacts, posting_date: str) -> None:
        placed = legs.profile.columns.at
        self._legs = legs
        self._codes = [name for name in (*_CODES, *_DIMENSIONS) if name in placed]
        self._dates = [name for name in ("posting_date", "earned_for") if name in placed]
        self._known: dict[tuple[str, str], str] = {}
        self._same = {
            "coding": legs.profile.coding,
            "currency": legs.profile.currency,
            "entity": stated.entity,
            "posting_date": posting_date,
        }

    def shared(self, line: int, cells: list[str]) -> dict[str, str]:
        """Codes, currency, entity and dates of one row."""
        legs, shared = self._legs, dict(self._same)
        for name in self._codes:
            shared[name] = legs.text(cells, name)
        if currency := legs.text(cells, "currency"):
            shared["currency"] = currency
        if entity := legs.text(cells, "entity"):
            # A code that the profile does not know stays as found; the document's finding blocks.
            shared["entity"] = legs.profile.entities.get(entity, entity)
        for name in self._dates:
            if text := legs.text(cells, name):
                shared[name] = self._date(line, name, text)
        return shared

    def _date(self, line: int, name: str, text: str) -> str:
        known = self._known.get((name, text))
        if known is not None:
            return known
        profile = self._legs.profile
        read = read_month if name == "earned_for" else read_date
        try:
            self._known[name, text] = read(text, profile.values)
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
