"""What all reader tests say: this is a file with these bytes; read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tieout.finance.documents import DocumentRef, Reading, SourceDocument


def a_document(content: bytes, name: str = "pay.txt") -> SourceDocument:
    """A stored document of these bytes."""
    arrived = datetime(2026, 11, 2, 6, tzinfo=UTC)
    return SourceDocument.of(DocumentRef("provider", name, ""), content, "text/plain", arrived)


def read(
    module: Any,
    content: bytes,
    profile: Mapping[str, object] | None = None,
    name: str = "pay.txt",
) -> Reading:
    """The reading of one format's reader."""
    reading: Reading = module.read_file(a_document(content, name), content, profile)
    return reading


def counted(reading: Reading) -> tuple[int, Decimal, Decimal]:
    """Legs, debit and credit as the summary says them."""
    summary = reading.summary
    return int(summary["lines"]), Decimal(summary["debit"]), Decimal(summary["credit"])


def blocking(reading: Reading) -> set[tuple[str, int | None, str]]:
    """Code, line and field of each finding that blocks."""
    return {
        (found.code, found.where.line, found.where.field)
        for found in reading.findings
        if found.severity == "critical"
    }


def warned(reading: Reading) -> set[tuple[str, int | None, str]]:
    """Code, line and field of each finding that is only noted."""
    return {
        (found.code, found.where.line, found.where.field)
        for found in reading.findings
        if found.severity == "warning"
    }
