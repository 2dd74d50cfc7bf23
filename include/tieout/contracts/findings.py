"""Collects what one document shows: each finding with its place, a bounded number of times."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from tieout.errors import Finding, Place, Severity, UnreadableDocumentError

#: A broken file of a million rows tells its trouble this many times per code, then counts.
TOLD_PER_CODE: Final = 200
#: Longest excerpt of a file that a finding shows.
EXCERPT: Final = 40
_DIGIT: Final = re.compile(r"\d")


def masked(amount_text: str) -> str:
    """The shape of an amount without its digits: pay is personal, the shape tells the trouble."""
    return _DIGIT.sub("#", amount_text)[:EXCERPT]


class Findings:
    """The findings of one document.

    Attributes:
        document: the name people know the document by.
    """

    def __init__(self, document: str) -> None:
        self.document = document
        self._told: list[Finding] = []
        self._count: Counter[str] = Counter()
        self._critical: set[str] = set()

    def add(
        self,
        code: str,
        message: str,
        *,
        line: int | None = None,
        field: str = "",
        found: str = "",
        next_step: str = "Ask the provider for a corrected file.",
        lines: tuple[int, ...] = (),
    ) -> None:
        """Something that blocks the run."""
        self._critical.add(code)
        self._keep(
            Finding(
                code=code,
                message=message,
                where=Place(self.document, line, field),
                found=found[:EXCERPT],
                blocks="run",
                next_step=next_step,
                lines=lines,
            )
        )

    def warn(
        self,
        code: str,
        message: str,
        *,
        line: int | None = None,
        field: str = "",
        found: str = "",
        next_step: str = "Nothing to do; worth telling the provider.",
    ) -> None:
        """Something that is noted while the run goes on."""
        self._keep(
            Finding(
                code=code,
                message=message,
                where=Place(self.document, line, field),
                found=found[:EXCERPT],
                next_step=next_step,
                severity=Severity.WARNING,
            )
        )

    def unreadable(
        self,
        reason: str,
        *,
        line: int | None = None,
        field: str = "",
        next_step: str = "Ask the provider for the file again.",
    ) -> UnreadableDocumentError:
        """The exception that says why nothing of the document can be used."""
        return UnreadableDocumentError(
            reason,
            where=Place(self.document, line, field),
            blocks="run",
            next_step=next_step,
        )

    def _keep(self, told: Finding) -> None:
        self._count[told.code] += 1
        if self._count[told.code] <= TOLD_PER_CODE:
            self._told.append(told)

    def all(self) -> tuple[Finding, ...]:
        """Everything found, with one closing line per code that was told too often."""
        rest = [
            Finding(
                code=code,
                message=f"{count - TOLD_PER_CODE} more of the same in this document.",
                where=Place(self.document),
                blocks="run" if code in self._critical else "nothing",
                next_step="Correct the cause; it is the same for all of them.",
                severity=Severity.CRITICAL if code in self._critical else Severity.WARNING,
            )
            for code, count in sorted(self._count.items())
            if count > TOLD_PER_CODE
        ]
        return (*self._told, *rest)
