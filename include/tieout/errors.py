"""One shape for everything that is wrong: code, where, what it blocks, next step.

Expected business trouble is a value (`Finding`) and is collected, so one reading reports all
of it. An exception (`TieoutError`) stops a task; it carries the same four parts, so a page, a
mail and a log say the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """What a finding does to its object."""

    CRITICAL = "critical"  # blocks the object it names
    WARNING = "warning"  # noted; the object goes on
    NOTE = "note"  # worth knowing, nothing to do


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding was made: a document, a physical line of it (1-based), a field."""

    document: str = ""
    line: int | None = None
    field: str = ""

    def __str__(self) -> str:
        parts = [self.document] if self.document else []
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.field:
            parts.append(f"field {self.field}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, told so that finance can act on it.

    Attributes:
        code: key of the catalogue in `tieout.finance.words`.
        message: what is wrong, in a sentence; no personal amount, no name.
        blocks: the business object that waits (run, report, journal, nothing).
        next_step: what to do, and who.
        lines: source line numbers concerned (accounting legs, 1-based).
    """

    code: str
    message: str
    where: Place = field(default_factory=Place)
    found: str = ""
    blocks: str = "nothing"
    next_step: str = ""
    severity: Severity = Severity.CRITICAL
    lines: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, object]:
        """The JSON form printed by commands and answered by the API."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "where": {
                "document": self.where.document,
                "line": self.where.line,
                "field": self.where.field,
            },
            "found": self.found,
            "blocks": self.blocks,
            "next_step": self.next_step,
        }


class TieoutError(Exception):
    """Stops the task at hand; says what, where, what it blocks, what to do."""

    code = "internal"

    def __init__(
        self,
        message: str,
        *,
        where: Place | None = None,
        blocks: str = "",
        next_step: str = "",
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.where = where or Place()
        self.blocks = blocks
        self.next_step = next_step
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        parts = [self.message]
        if str(self.where):
            parts.append(f"Where: {self.where}.")
        if self.blocks:
            parts.append(f"Blocks: {self.blocks}.")
        if self.next_step:
            parts.append(f"Next: {self.next_step}")
        return " ".join(parts)


class UnreadableDocumentError(TieoutError):
    """The bytes are not what their profile says; nothing of them can be used."""

    code = "document_unreadable"


class SettingsError(TieoutError):
    """A setting or a connection is missing or wrong; nothing was started."""

    code = "settings_wrong"


class ConfigurationError(TieoutError):
    """A file below the configuration folder can't be used as it stands."""

    code = "configuration_wrong"


class ConflictError(TieoutError):
    """The store refused a change because a promise would break."""

    code = "conflict"


class BusyError(TieoutError):
    """Someone else holds the object; the next sweep takes it."""

    code = "busy"


class IllegalTransitionError(ConflictError):
    """A state may not follow the one before it."""

    code = "illegal_transition"


class VendorUnavailableError(TieoutError):
    """A vendor did not answer usefully; a later try may succeed."""

    code = "vendor_unavailable"


class VendorRefusedError(TieoutError):
    """A vendor refused for a reason that a retry will not cure."""

    code = "vendor_refused"


class NotAllowedError(TieoutError):
    """The signed-in user may not do this."""

    code = "not_allowed"
