"""Reports that stand in more than one extract of an expense platform.

A report that comes again in a later file, whole or changed, is held there: a person decides, an
expense is never booked twice. Platforms that hand over one document a report are asked by document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tieout.errors import Finding, Place
from tieout.finance.documents import Reading, SourceDocument
from tieout.finance.words import finding
from tieout.warehouse.store import Work
from tieout.workflows.office import Office
from tieout.workflows.units import from_parquet

if TYPE_CHECKING:
    import polars as pl


def report_keys(frame: pl.DataFrame) -> list[str]:
    """The reports that an expense frame holds lines of."""
    return [str(key) for key in frame["report_key"].unique().sort() if key]


def told_again(
    document: SourceDocument, reading: Reading, known: Mapping[str, str]
) -> list[Finding]:
    """A finding per earlier document, on the lines of the reports that it holds as well.

    Args:
        document: the later document.
        reading: what was read from it.
        known: report key → name of the earlier document that has it.
    """
    frame = reading.frames["expense_line"]
    doubled: dict[str, list[str]] = {}
    for key in report_keys(frame):
        if key in known:
            doubled.setdefault(known[key], []).append(key)
    return [
        finding(
            "report_revised",
            where=Place(document.name, None, "report_key"),
            report=f"{len(keys)} reports, {keys[0]} the first",
            revision=reading.facts.sequence,
            found=f"known from {name}",
            blocks="its lines",
            lines=tuple(frame.filter(frame["report_key"].is_in(keys))["line_no"].to_list()),
        )
        for name, keys in sorted(doubled.items())
    ]


def known_before(
    office: Office, work: Work, unit_key: str, document: SourceDocument, keys: Sequence[str]
) -> dict[str, str]:
    """Which of these reports an earlier document of the provider has, routed or in the unit."""
    rows = work.rows(
        "extract",
        "reports_routed",
        provider=document.provider,
        report_keys=list(keys),
        sha256=document.sha256,
    )
    known = {str(row["report_key"]): str(row["name"]) for row in rows}
    wanted = set(keys)
    for row in work.rows("extract", "frames_in_unit", unit_key=unit_key, sha256=document.sha256):
        frame = from_parquet(office.objects.get(row["frame_sha256"], ".parquet"))
        for key in wanted.intersection(report_keys(frame)):
            known.setdefault(key, str(row["name"]))
    return known
