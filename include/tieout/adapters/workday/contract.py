"""The columns of a report are a contract, checked at every reading.

A renamed column shows as one that is gone and one that is new. Workday leaves a field out of JSON
where it is empty, so a column counts as gone when no row has it, and an empty report proves
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tieout.adapters.workday.body import Record, Table
from tieout.adapters.workday.profile import Columns
from tieout.errors import Finding, Place, Severity
from tieout.finance.words import finding


@dataclass(frozen=True, slots=True)
class Contract:
    """Our words for the columns of one report, with what must be there."""

    provider: str
    names: Mapping[str, str]
    required: tuple[str, ...]
    ignored: tuple[str, ...]
    unknown: Severity

    @classmethod
    def of(
        cls,
        provider: str,
        columns: Columns,
        names: Mapping[str, str],
        required: tuple[str, ...],
        ignored: tuple[str, ...],
    ) -> Contract:
        """The defaults, overridden by what the provider file says."""
        strict = columns.unknown == "refuse"
        return cls(
            provider,
            {**names, **columns.names},
            columns.required or required,
            ignored + columns.ignored,
            Severity.CRITICAL if strict else Severity.WARNING,
        )

    def text(self, record: Record, word: str) -> str:
        """The value of one of our words, without blanks around it."""
        return record[self.names[word]].strip()

    def drift(self, table: Table, document: str, blocks: str) -> Iterator[Finding]:
        """Every required column that is gone, and every column that is not known."""
        if not table.columns:
            return
        present = set(table.columns)
        for column in self.required:
            if column not in present:
                yield self._told(column, "gone", document, blocks, Severity.CRITICAL)
        known = {*self.names.values(), *self.required, *self.ignored}
        for column in table.columns:
            if column not in known:
                critical = self.unknown is Severity.CRITICAL
                yield self._told(
                    column, "new", document, blocks if critical else "nothing", self.unknown
                )

    def _told(
        self, column: str, change: str, document: str, blocks: str, severity: Severity
    ) -> Finding:
        return finding(
            "contract_drift",
            where=Place(document, None, column),
            found=f"{column} is {change}",
            blocks=blocks,
            severity=severity,
            provider=self.provider,
            column=column,
        )
