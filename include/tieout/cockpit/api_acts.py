"""The acting half of the API: each route asks for the right, then hands over to a use case."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tieout.cockpit.access import InOffice, SignedIn
from tieout.cockpit.asking import (
    DecisionGiven,
    ExpectationAnswered,
    MappingProposed,
    Name,
    NothingWanted,
    ReadinessReleased,
    ReasonGiven,
    TogetherGiven,
)
from tieout.cockpit.mappings_read import scope_of
from tieout.cockpit.reading import UnknownObjectError, reading
from tieout.finance.mapping_tables import TABLES
from tieout.warehouse.store import Row
from tieout.workflows.expected import answer_expectation
from tieout.workflows.mapping_history import revert
from tieout.workflows.mappings import Proposal, decide, decide_together, propose
from tieout.workflows.office import Office
from tieout.workflows.readiness import release_unready
from tieout.workflows.release import release
from tieout.workflows.roles import require

router = APIRouter(prefix="/api")
Answer = dict[str, Any]
Nothing = Annotated[NothingWanted, Query()]

RELEASERS = ("finance_ops", "finance_lead")
PROPOSERS = ("finance_ops", "finance_lead")
DECIDERS = ("finance_lead", "controller")
SECOND_PERSONS = ("finance_lead", "controller")
LARGEST_ID = 2**63 - 1


@router.post("/exceptions/{exception_id}/release")
def release_exception(
    exception_id: int, given: ReasonGiven, user: SignedIn, office: InOffice, _: Nothing
) -> Answer:
    """Say that the cause is gone; the next run builds again and closes it."""
    require(office, user, *RELEASERS)
    found = _found(office, "exception_entity", exception_id, "exception")
    require(office, user, *RELEASERS, entity=found["entity"])
    row = release(office, exception_id, user, given.reason)
    return {"id": exception_id, "state": row["state"], "code": row["code"], "entity": row["entity"]}


@router.post("/expectations")
def answer_expected_run(
    given: ExpectationAnswered, user: SignedIn, office: InOffice, _: Nothing
) -> Answer:
    """Say that an expected pay run is late, or that there will be none."""
    require(office, user, *RELEASERS, entity=given.entity)
    answer_expectation(
        office, given.entity, given.provider, given.period, given.state, given.reason, user
    )
    return {"entity": given.entity, "provider": given.provider, "state": given.state}


@router.post("/mappings", status_code=201)
def propose_mapping(given: MappingProposed, user: SignedIn, office: InOffice, _: Nothing) -> Answer:
    """Propose a row; another person decides on it."""
    require(office, user, *PROPOSERS)
    if given.table in TABLES:
        require(office, user, *PROPOSERS, entity=scope_of(given.content))
    proposal = Proposal(given.table, given.content, given.valid_from, given.reason, given.valid_to)
    row = propose(office, proposal, user)
    return {"id": row["id"], "version": row["version"], "state": "proposed"}


@router.post("/mappings/approve")
def approve_together(given: TogetherGiven, user: SignedIn, office: InOffice, _: Nothing) -> Answer:
    """Activate proposals as one act, all or none; never one's own."""
    for mapping_id in given.ids:
        _may_decide(office, user, mapping_id)
    made = decide_together(office, given.ids, user, approve=True, reason=given.reason)
    return {
        "ids": [row["id"] for row in made.rows],
        "state": "active",
        "warnings": [item.said for item in made.warnings],
    }


@router.post("/mappings/{mapping_id}/approve")
def approve_mapping(
    mapping_id: int, given: DecisionGiven, user: SignedIn, office: InOffice, _: Nothing
) -> Answer:
    """Activate a proposal; never one's own."""
    _may_decide(office, user, mapping_id)
    row = decide(office, mapping_id, user, approve=True, reason=given.reason)
    return {"id": mapping_id, "version": row["version"], "state": "active"}


@router.post("/mappings/{mapping_id}/reject")
def reject_mapping(
    mapping_id: int, given: ReasonGiven, user: SignedIn, office: InOffice, _: Nothing
) -> Answer:
    """Refuse a proposal, saying why; never one's own."""
    _may_decide(office, user, mapping_id)
    row = decide(office, mapping_id, user, approve=False, reason=given.reason)
    return {"id": mapping_id, "version": row["version"], "state": "rejected"}


@router.post("/mappings/{mapping_id}/revert", status_code=201)
def revert_mapping(
    mapping_id: int, given: ReasonGiven, user: SignedIn, office: InOffice, _: Nothing
) -> Answer:
    """Propose what held before an active row; another person decides on it."""
    require(office, user, *PROPOSERS)
    found = _found(office, "mapping_content", mapping_id, "rule")
    require(office, user, *PROPOSERS, entity=scope_of(found["content"]))
    row = revert(office, mapping_id, user, given.reason)
    return {"id": row["id"], "version": row["version"], "state": "proposed"}


@router.post("/readiness/{entity}/release")
def release_readiness(
    entity: Name, given: ReadinessReleased, user: SignedIn, office: InOffice, _: Nothing
) -> Answer:
    """Let approved journals go although the entity is under its threshold; a second person's."""
    require(office, user, *SECOND_PERSONS, entity=entity)
    released = release_unready(office, entity, given.period, user, given.reason)
    return {"entity": entity, "period": given.period, "released": released}


def _may_decide(office: Office, user: str, mapping_id: int) -> None:
    require(office, user, *DECIDERS)
    found = _found(office, "mapping_content", mapping_id, "proposal")
    require(office, user, *DECIDERS, entity=scope_of(found["content"]))


def _found(office: Office, query: str, identity: int, what: str) -> Row:
    with reading(office) as work:
        row = work.row("cockpit", query, id=identity) if 0 < identity <= LARGEST_ID else None
    if row is None:
        raise UnknownObjectError(f"There is no {what} {identity}.", next_step="Reload the list.")
    return row
