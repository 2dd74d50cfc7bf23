"""What we need to find a document on the platform again, as compact JSON in `native_ref`."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Native:
    """Two ids that the platform both calls `docId`, and the number that people use.

    Attributes:
        fis_id: the financial document; acknowledgements and confirmations take this one.
        report_id: the report; looking up takes this one.
        number: the report's number.
    """

    fis_id: str
    report_id: str
    number: str

    @property
    def text(self) -> str:
        """The reference's text; the same document always has the same."""
        return json.dumps(
            {"fis": self.fis_id, "report": self.report_id, "number": self.number},
            separators=(",", ":"),
        )

    @classmethod
    def of(cls, text: str) -> Native:
        """Read a reference that `text` wrote."""
        stored = json.loads(text)
        return cls(stored["fis"], stored["report"], stored["number"])
