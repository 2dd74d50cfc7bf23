"""What the close board's template shows; no figure is made here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from tieout.cockpit.board_read import Board, EntityRow
from tieout.cockpit.figures import local_text, time_left
from tieout.cockpit.stage_states import STAGES, State
from tieout.finance.periods import AccountingPeriod, next_period, period_of
from tieout.workflows.office import Office

#: Rows of a list on the page; the API has all.
SHOWN: Final = 50
WORDS: Final[Mapping[str, str]] = {
    State.DONE: "done",
    State.RUNNING: "running",
    State.WAITING: "waits",
    State.BLOCKED: "blocked",
    State.UNCLEAR: "unclear",
    State.NOT_DUE: "not due",
    State.EMPTY: "no data",
}
STAGE_NAMES: Final[Mapping[str, str]] = {
    "extract": "Extract",
    "validate": "Validate",
    "reconcile": "Reconcile",
    "route": "Route",
    "build": "Build",
    "approve": "Approve",
    "post": "Post",
    "tie_out": "Tie out",
}
#: Instants that belong to no entity.
ZONE: Final = "UTC"


def board_view(office: Office, board: Board, period: AccountingPeriod) -> Mapping[str, object]:
    """Names and values of board.html."""
    opened = board.open_exceptions
    closed = board.closed_today
    return {
        "board": board,
        "stages": [(stage, STAGE_NAMES[stage]) for stage in STAGES],
        "stage_names": STAGE_NAMES,
        "words": WORDS,
        "states": State,
        "zone": ZONE,
        "summary": _summary(board),
        "verdict": _verdict(board),
        "next_due": _next_due(board),
        "due_of": {row.entity.code: _due_text(row, board) for row in board.entities},
        "zone_of": {code: entity.timezone for code, entity in office.company.entities.items()},
        "opened": opened[:SHOWN],
        "opened_count": len(opened),
        "closed": closed[:SHOWN],
        "closed_count": len(closed),
        "journals": board.journals[:SHOWN],
        "journal_count": len(board.journals),
        "before": period_of(period.starts - timedelta(days=1)).code,
        "after": next_period(period).code,
        "airflow": office.airflow_url,
    }


def _summary(board: Board) -> list[tuple[str, str]]:
    """State and sentence of each group of entities that is not empty."""
    total = len(board.entities)
    parts = [(str(State.DONE), f"Tied out {board.count(State.DONE)} of {total}")]
    texts = {
        State.WAITING: "wait for a person",
        State.BLOCKED: "blocked",
        State.UNCLEAR: "unclear",
        State.RUNNING: "running",
        State.NOT_DUE: "not due",
        State.EMPTY: "without data",
    }
    parts += [
        (str(state), f"{board.count(state)} {text}")
        for state, text in texts.items()
        if board.count(state)
    ]
    return parts


def _verdict(board: Board) -> str:
    """The sentence above a board on which everything is proven; else empty."""
    if not board.entities or board.count(State.DONE) != len(board.entities):
        return ""
    when = "" if board.ledger_read_at is None else local_text(board.ledger_read_at, ZONE)
    return (
        f"All {len(board.entities)} entities tie: source, journal and ledger are equal to the cent,"
        f" by the ledger as read {when}."
    )


def _next_due(board: Board) -> str:
    dues = [(row.due.at, row) for row in board.entities if row.due is not None]
    if not dues:
        return ""
    _, first = min(dues, key=lambda due: due[0])
    return f"{first.entity.code}: {_due_text(first, board)}"


def _due_text(row: EntityRow, board: Board) -> str:
    if row.due is None:
        return ""
    left = time_left(row.due.at, board.as_of)
    return f"{row.due.what}, {local_text(row.due.at, row.entity.timezone)} ({left})"
