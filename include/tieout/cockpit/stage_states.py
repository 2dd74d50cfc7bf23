"""How far an entity stands in each stage: a word with its evidence, from rows of the store.

Pure: what is green says what proves it, what is not says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tieout.finance.states import IN_LEDGER
from tieout.warehouse.store import Row


class State(StrEnum):
    """The words of a cell, gravest first."""

    UNCLEAR = "unclear"
    BLOCKED = "blocked"
    WAITING = "waiting"
    RUNNING = "running"
    NOT_DUE = "not_due"
    EMPTY = "no_data"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Cell:
    """One stage of one entity."""

    stage: str
    state: State
    evidence: str


UNIT_STAGES: Final = ("extract", "validate", "reconcile", "route", "build")
STAGES: Final = (*UNIT_STAGES, "approve", "post", "tie_out")
#: How many stages a unit has behind it.
PASSED: Final[Mapping[str, int]] = {
    "due": 0, "extracted": 1, "validated": 2, "reconciled": 3, "routed": 4, "built": 5,
}  # fmt: skip

_BY_CODE: Final[Mapping[str, str]] = {
    **dict.fromkeys(("document_missing", "document_unreadable", "source_unreachable",
                     "employee_unsound"), "extract"),
    **dict.fromkeys(
        ("control_total_mismatch", "control_total_derived", "contract_drift", "value_unreadable",
         "currency_unknown", "status_unknown", "expectation_failed", "contract_version_ending",
         "contract_version_over", "contract_version_unknown", "entity_unknown"), "validate"
    ),
    **dict.fromkeys(
        ("cost_center_unmapped", "cost_center_closed", "project_unmapped", "account_unmapped",
         "account_closed", "dimension_missing", "mapping_conflict", "employee_unknown",
         "alignment_differs", "cost_center_closed_people", "pay_line_missing",
         "extract_incomplete"), "reconcile"
    ),
    **dict.fromkeys(
        ("route_undecided", "tax_treatment_missing", "cutoff_missed", "report_revised"), "route"
    ),
    **dict.fromkeys(("journal_unbalanced", "clearing_unexplained"), "build"),
    **dict.fromkeys(("approval_void", "no_approver", "journal_rejected"), "approve"),
    **dict.fromkeys(
        ("tie_out_difference", "ledger_drift", "foreign_journal", "erp_awaits_approval"), "tie_out"
    ),
}  # fmt: skip
_BY_OBJECT: Final[Mapping[str, str]] = {
    "source": "extract", "document": "extract", "unit": "reconcile", "alignment": "reconcile",
    "report": "route", "approval": "approve", "journal": "post", "ledger": "tie_out",
    "foreign": "tie_out", "tie_out": "tie_out", "master_data": "extract", "readiness": "post",
}  # fmt: skip


def stage_of(row: Row) -> str:
    """The stage in which an exception holds something up."""
    return _BY_CODE.get(row["code"]) or _BY_OBJECT.get(row["object_kind"], "extract")


def gravest(states: Iterable[State]) -> State:
    """The state that decides over many; no data when there is none."""
    order = list(State)
    return min(states, key=order.index, default=State.EMPTY)


@dataclass(frozen=True)
class Facts:
    """What is known of an entity.

    `expected` are providers that owe a payroll document; `differs` says that the newest comparison
    found source, journal and ledger unequal; `when` writes an instant in the entity's
    zone; `opens` and `closes` are the posting window, None where no rule states one.
    """

    units: Sequence[Row]
    stages: Mapping[str, Mapping[str, Row]]
    journals: Sequence[Row]
    critical: Sequence[Row]
    expected: Sequence[str]
    run: Row | None
    differs: bool
    close_state: str
    opens: datetime | None
    closes: datetime | None
    now: datetime
    when: Callable[[datetime], str]


def cells_of(facts: Facts) -> list[Cell]:
    """All eight cells of an entity, in order."""
    held: dict[str, list[Row]] = {}
    for row in facts.critical:
        held.setdefault(stage_of(row), []).append(row)
    cells = [_unit_cell(facts, stage) for stage in UNIT_STAGES]
    cells += [_approve(facts), _post(facts), _tie_out(facts)]
    return [_with_exceptions(cell, held.get(cell.stage, [])) for cell in cells]


def _with_exceptions(cell: Cell, held: Sequence[Row]) -> Cell:
    """An open critical exception blocks its stage, whatever else is done there."""
    if not held or cell.state is State.UNCLEAR:
        return cell
    more = f" and {len(held) - 1} more" if len(held) > 1 else ""
    return Cell(cell.stage, State.BLOCKED, f"{held[0]['title']}{more}")


def _unit_cell(facts: Facts, stage: str) -> Cell:
    arrived = {unit["provider"] for unit in facts.units}
    missing = [provider for provider in facts.expected if provider not in arrived]
    found = [_of_unit(facts, unit, stage) for unit in facts.units]
    states = [state for state, _ in found]
    if missing:
        states.append(State.NOT_DUE)
    if not states:
        return Cell(stage, State.EMPTY, "nothing arrived")
    state = gravest(states)
    if state is State.NOT_DUE and State.DONE in states and not missing:
        state = State.RUNNING
    if missing and state is State.NOT_DUE:
        return Cell(stage, state, f"waits for {', '.join(missing)}")
    if state is not State.DONE:
        return Cell(stage, state, next(text for one, text in found if one is not State.DONE))
    rows = [facts.stages[unit["unit_key"]][stage] for unit in facts.units]
    count = sum(row["row_count"] for row in rows)
    newest = max(row["finished_at"] for row in rows)
    counted = f"{count:,} rows, " if count else ""
    return Cell(stage, State.DONE, f"{counted}{facts.when(newest)}")


def _of_unit(facts: Facts, unit: Row, stage: str) -> tuple[State, str]:
    row = facts.stages.get(unit["unit_key"], {}).get(stage)
    number = UNIT_STAGES.index(stage) + 1
    if row is not None and row["state"] == "blocked":
        return State.BLOCKED, unit["blocked_reason"] or f"{unit['unit_key']} is held"
    reached = unit["state"] == "blocked" or PASSED.get(unit["state"], 0) >= number
    if row is not None and reached:
        return State.DONE, ""
    if unit["held"]:
        return State.RUNNING, f"{unit['unit_key']} is at work"
    return State.NOT_DUE, "not run yet"


def _approve(facts: Facts) -> Cell:
    counts = Counter(row["state"] for row in facts.journals)
    total, waiting = len(facts.journals), counts["awaiting_approval"]
    if not total:
        return Cell("approve", State.NOT_DUE, "no journal yet")
    if counts["rejected"]:
        return Cell("approve", State.BLOCKED, f"{counts['rejected']} of {total} rejected")
    if waiting:
        return Cell("approve", State.WAITING, f"{waiting} of {total} wait for a controller")
    if counts["draft"] or counts["validated"]:
        return Cell("approve", State.RUNNING, "being built")
    return Cell("approve", State.DONE, f"{total} of {total} approved")


def _post(facts: Facts) -> Cell:
    counts = Counter(row["state"] for row in facts.journals)
    total = len(facts.journals)
    posted = sum(counts[state] for state in IN_LEDGER - {"accepted"})
    if not total:
        return Cell("post", State.NOT_DUE, "no journal yet")
    if counts["indeterminate"]:
        text = f"{counts['indeterminate']} without an answer; looking up, not resending"
        return Cell("post", State.UNCLEAR, text)
    if counts["held"]:
        return Cell("post", State.BLOCKED, f"{counts['held']} of {total} held")
    if counts["accepted"]:
        text = f"{counts['accepted']} of {total} wait for approval in the ERP"
        return Cell("post", State.WAITING, text)
    ready = counts["approved"] + counts["queued"]
    if ready:
        return _at_the_window(facts, ready, total)
    if counts["sending"] or counts["posted"]:
        return Cell("post", State.RUNNING, f"{posted} of {total} in the ledger")
    if posted == total:
        # A reversed journal stays in the ledger beside the one that takes it back.
        back = f", {counts['reversed']} of them reversed" if counts["reversed"] else ""
        text = f"{posted} of {total} read back from the ledger{back}"
        return Cell("post", State.DONE, text)
    return Cell("post", State.NOT_DUE, f"{posted} of {total} in the ledger")


def _at_the_window(facts: Facts, ready: int, total: int) -> Cell:
    if facts.opens is None or facts.closes is None:
        return Cell("post", State.BLOCKED, "no rule states a posting window")
    if facts.now < facts.opens:
        return Cell("post", State.NOT_DUE, f"window opens {facts.when(facts.opens)}")
    if facts.now >= facts.closes:
        return Cell("post", State.BLOCKED, f"window closed {facts.when(facts.closes)}")
    return Cell("post", State.RUNNING, f"{ready} of {total} to post")


def _tie_out(facts: Facts) -> Cell:
    run = facts.run
    if run is None:
        return Cell("tie_out", State.NOT_DUE, "not compared yet")
    if run["state"] == "tied" and not facts.differs and facts.close_state in {"tied", "signed"}:
        return Cell("tie_out", State.DONE, f"{facts.close_state} {facts.when(run['compared_at'])}")
    if facts.differs:
        return Cell("tie_out", State.BLOCKED, "source, journal and ledger differ")
    note = run["note"] or "does not tie yet"
    return Cell("tie_out", State.RUNNING, note)
