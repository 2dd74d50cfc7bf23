"""The reading half of the API; every answer comes from one snapshot."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from tieout.cockpit.access import FinanceReader, InOffice, SignedIn
from tieout.cockpit.alignment_read import alignment_of, people_answer, reference_answer
from tieout.cockpit.asking import (
    ExceptionsWanted,
    Name,
    NothingWanted,
    PeriodWanted,
    ReferenceWanted,
    TableWanted,
)
from tieout.cockpit.board_answer import board_answer
from tieout.cockpit.board_read import board_of
from tieout.cockpit.controls_read import controls_answer
from tieout.cockpit.dispositions_read import batches_answer, dispositions_answer
from tieout.cockpit.exceptions_read import as_answer, exceptions_of
from tieout.cockpit.figures import instant_text
from tieout.cockpit.journals_read import journal_answer, journals_of, listed_answer
from tieout.cockpit.mappings_read import active_answer, proposals_answer
from tieout.cockpit.proof_read import proof_answer
from tieout.cockpit.reading import UnknownObjectError, reading
from tieout.cockpit.tie_out_read import compared, tie_out_answer
from tieout.cockpit.trace_read import trace_answer
from tieout.workflows.mappings import known_mappings
from tieout.workflows.roles import require, roles_of
from tieout.workflows.trace import trace

router = APIRouter(prefix="/api")
Answer = dict[str, Any]
#: Who works with single employees' master data; no pay stands there.
PERSON_READERS = ("finance_ops",)
InPeriod = Annotated[PeriodWanted, Query()]
Nothing = Annotated[NothingWanted, Query()]


@router.get("/me")
def me(user: SignedIn, office: InOffice, _: Nothing) -> Answer:
    """Who is signed in, and with which of our roles."""
    return {"user": user, "roles": roles_of(office, user)}


@router.get("/health")
def health(_user: SignedIn, office: InOffice, _: Nothing) -> Answer:
    """Whether the cockpit reaches its store; no finance figure, so for every role."""
    with reading(office) as work:
        counts = work.row("cockpit", "store_health")
    return {"status": "ok", "business_time": instant_text(office.now()), "store": counts}


@router.get("/board")
def board(reader: FinanceReader, office: InOffice, wanted: InPeriod) -> Answer:
    """Entity x stage of a period."""
    period = wanted.of(office).code
    with reading(office) as work:
        return board_answer(board_of(office, work, reader, period))


@router.get("/exceptions")
def exceptions(
    reader: FinanceReader, office: InOffice, wanted: Annotated[ExceptionsWanted, Query()]
) -> Answer:
    """The queue of a period."""
    period = wanted.of(office).code
    with reading(office) as work:
        found = exceptions_of(work, reader, period, wanted.state)
    return {
        "period": period,
        "state": wanted.state,
        "count": len(found),
        "exceptions": [as_answer(row) for row in found],
    }


@router.get("/mappings/proposed")
def proposed(reader: FinanceReader, office: InOffice, _: Nothing) -> Answer:
    """Proposals that wait for another person."""
    with reading(office) as work:
        return {"proposals": proposals_answer(work, reader)}


@router.get("/mappings/active")
def active(
    reader: FinanceReader, office: InOffice, wanted: Annotated[TableWanted, Query()]
) -> Answer:
    """The rows of one table that are active now."""
    with reading(office) as work:
        return {"table": wanted.table, "rows": active_answer(work, reader, wanted.table)}


@router.get("/journals")
def journals(reader: FinanceReader, office: InOffice, wanted: InPeriod) -> Answer:
    """Journals of a period."""
    period = wanted.of(office).code
    with reading(office) as work:
        found = journals_of(work, reader, period)
    return {"period": period, "journals": [listed_answer(row) for row in found]}


@router.get("/journals/{external_id}")
def journal(external_id: Name, reader: FinanceReader, office: InOffice, _: Nothing) -> Answer:
    """One journal with lines, approvals, attempts, and why it can't post now."""
    with reading(office) as work:
        return journal_answer(office, work, reader, external_id)


@router.get("/tie-out")
def tie_out(reader: FinanceReader, office: InOffice, wanted: InPeriod) -> Answer:
    """Source, journal and ledger per entity."""
    period = wanted.of(office).code
    with reading(office) as work:
        found = compared(office, work, reader, period)
        return {"period": period, "entities": tie_out_answer(office, work, found)}


@router.get("/proof")
def proof(reader: FinanceReader, office: InOffice, wanted: InPeriod) -> Answer:
    """Certificate, clearing roll-forward and exchange bridge of each entity."""
    period = wanted.of(office).code
    with reading(office) as work:
        return {"period": period, "entities": proof_answer(office, work, reader, period)}


@router.get("/dispositions")
def dispositions(reader: FinanceReader, office: InOffice, wanted: InPeriod) -> Answer:
    """Where the source lines of each document ended."""
    period = wanted.of(office).code
    with reading(office) as work:
        return {"period": period, **dispositions_answer(work, reader, period)}


@router.get("/batches")
def batches(reader: FinanceReader, office: InOffice, wanted: InPeriod) -> Answer:
    """Reimbursement batches of a period."""
    period = wanted.of(office).code
    with reading(office) as work:
        mapping = known_mappings(office, work, office.now())
        return {"period": period, "batches": batches_answer(work, reader, period, mapping)}


@router.get("/alignment")
def alignment(reader: FinanceReader, office: InOffice, wanted: InPeriod) -> Answer:
    """How HR, payroll, expense platform and ERP agree on each entity's people; sums only."""
    period = wanted.of(office).code
    with reading(office) as work:
        return {"period": period, "entities": alignment_of(office, work, reader, period)}


@router.get("/alignment/{entity}")
def alignment_people(
    entity: Name, reader: FinanceReader, office: InOffice, wanted: InPeriod
) -> Answer:
    """The people of an entity who are not aligned, by number; for finance operations."""
    require(office, reader.user, *PERSON_READERS, entity=entity)
    with reading(office) as work:
        return people_answer(work, wanted.of(office).code, entity)


@router.get("/reference/{kind}")
def reference(
    kind: Name,
    reader: FinanceReader,
    office: InOffice,
    wanted: Annotated[ReferenceWanted, Query()],
) -> Answer:
    """Master data of a kind as true on a day, by what was known at an instant."""
    if kind == "employee":
        require(office, reader.user, *PERSON_READERS)
    now = office.now()
    with reading(office) as work:
        return reference_answer(
            work, reader, kind, wanted.as_of or now.date(), wanted.known_at or now
        )


@router.get("/controls")
def controls(_reader: FinanceReader, office: InOffice, _: Nothing) -> Answer:
    """Questions that must have no answer, over the whole store; names and counts only."""
    with reading(office) as work:
        return controls_answer(work)


@router.get("/trace/{wanted:path}")
def traced(wanted: Name, reader: FinanceReader, office: InOffice, _: Nothing) -> Answer:
    """The chain behind an id."""
    with reading(office) as work:
        found = trace(work, wanted, reader.covers)
        if found is None:
            raise UnknownObjectError(
                f"Nothing among your entities is called {wanted[:100]!r}.",
                next_step="Ask by external id, ERP id, report, run, batch or unit key, or hash.",
            )
        return trace_answer(found, known_mappings(office, work, office.now()))
