"""Where every source line ended, and what became of the reimbursement batches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from tieout.cockpit.figures import amount_text, instant_text
from tieout.cockpit.masks import smallest_group
from tieout.cockpit.reading import Reader
from tieout.finance.mappings import MappingSet
from tieout.warehouse.store import Row, Work

ENDS: Final = ("built", "held", "excluded", "carried")
NAMES: Final = {"carried": "carried_over"}


def dispositions_answer(work: Work, reader: Reader, period: str) -> dict[str, Any]:
    """Per provider and document, with totals; what is in no end yet is `undisposed`."""
    rows = work.rows("cockpit", "dispositions", period=period, entities=list(reader.entities))
    providers: dict[str, list[Row]] = {}
    for row in rows:
        providers.setdefault(row["provider"], []).append(row)
    return {
        "providers": [
            {
                "provider": provider,
                "totals": counted(found),
                "documents": [_document(row) for row in found],
            }
            for provider, found in sorted(providers.items())
        ],
        "totals": counted(rows),
    }


def counted(rows: Sequence[Row]) -> dict[str, Any]:
    """Lines in and where they ended; `adds_up` when each line ended exactly once."""
    lines_in = sum(row["in_count"] for row in rows)
    ended = {NAMES.get(end, end): sum(row[f"{end}_count"] for row in rows) for end in ENDS}
    undisposed = lines_in - sum(ended.values())
    whole = all(row["in_count"] == sum(row[f"{end}_count"] for end in ENDS) for row in rows)
    return {
        "documents": len(rows),
        "lines_in": lines_in,
        **ended,
        "undisposed": undisposed,
        "adds_up": whole,
    }


def _document(row: Row) -> dict[str, Any]:
    about = {
        "sha256": row["sha256"],
        "name": row["name"],
        "entity": row["entity"],
        "unit_key": row["unit_key"],
        "business_key": row["business_key"],
        "standing": row["standing"],
        "control_origin": row["origin"],
        "currency": row["currency"],
        "delivery_count": row["delivery_count"],
        "received_at": instant_text(row["received_at"]),
    }
    counts = counted([row])
    del counts["documents"]
    return about | counts


def batches_answer(
    work: Work, reader: Reader, period: str, mapping: MappingSet
) -> list[dict[str, Any]]:
    """Batches of a period; a total that stands for fewer than k people is not shown."""
    rows = work.rows("cockpit", "batches", period=period, entities=list(reader.entities))
    return [_batch(row, smallest_group(mapping, row["entity"], period, "expense")) for row in rows]


def _batch(row: Row, least: int) -> dict[str, Any]:
    masked = row["employee_count"] < least
    currency = row["currency"]
    open_minor = int(row["total_minor"]) - int(row["paid_minor"])
    return {
        "batch_key": row["batch_key"],
        "entity": row["entity"],
        "route": row["route"],
        "period": row["period"],
        "sequence": row["sequence"],
        "state": row["state"],
        "cutoff_at": instant_text(row["cutoff_at"]),
        "cut_at": instant_text(row["cut_at"]),
        "handed_over_at": instant_text(row["handed_over_at"]),
        "line_count": row["line_count"],
        "employee_count": row["employee_count"],
        "currency": currency,
        "total": None if masked else amount_text(row["total_minor"], currency),
        "paid": None if masked else amount_text(row["paid_minor"], currency),
        "open": None if masked else amount_text(open_minor, currency),
        "masked": masked,
        "file_name": row["file_name"],
        "file_sha256": row["file_sha256"],
    }
