"""The board as the API answers it; the page shows the same object."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tieout.cockpit.board_read import Board, EntityRow
from tieout.cockpit.figures import amount_text, instant_text
from tieout.cockpit.stage_states import STAGES, State


def board_answer(board: Board) -> dict[str, Any]:
    """Entity x stage with evidence, exceptions, differences, what blocks and what is due."""
    return {
        "period": board.period,
        "as_of": instant_text(board.as_of),
        "ledger_read_at": instant_text(board.ledger_read_at),
        "stages": list(STAGES),
        "summary": {
            "entities": len(board.entities),
            "tied": sum(row.close_state in {"tied", "signed"} for row in board.entities),
            **{str(state): board.count(state) for state in State},
            "open_exceptions": len(board.open_exceptions),
            "closed_today": len(board.closed_today),
        },
        "entities": [_entity(row, board.as_of) for row in board.entities],
    }


def _entity(row: EntityRow, now: datetime) -> dict[str, Any]:
    return {
        "entity": row.entity.code,
        "name": row.entity.name,
        "currency": row.entity.functional_currency,
        "timezone": row.entity.timezone,
        "state": str(row.state),
        "close_state": row.close_state,
        "stages": {
            cell.stage: {"state": str(cell.state), "evidence": cell.evidence} for cell in row.cells
        },
        "totals": [total.as_answer() for total in row.totals],
        "drift_count": row.drift_count,
        "open_exceptions": len(row.open_exceptions),
        "blocks": [
            {
                "exception_id": found["id"],
                "code": found["code"],
                "title": found["title"],
                "blocks": found["blocks"],
                "owner": found["owner_role"],
                "at_risk": amount_text(found["at_risk_minor"], found["currency"]),
                "currency": found["currency"],
                "due_at": instant_text(found["due_at"]),
            }
            for found in row.blocks
        ],
        "window": None
        if row.window is None
        else {
            "opens_at": instant_text(row.window.opens_at),
            "closes_at": instant_text(row.window.closes_at),
            "open": row.window.is_open(now),
        },
        "next_due": None
        if row.due is None
        else {
            "what": row.due.what,
            "at": instant_text(row.due.at),
            "overdue": row.due.at < now,
        },
        "runs": [{"label": link.label, "path": link.path} for link in row.runs],
    }
