"""Readiness: an entity under its alignment threshold releases nothing by itself.

Approval says that a journal is right. Sending it without a further click is a convenience that an
entity earns by master data on which all systems agree. Below the threshold an approved journal
waits until a second person, neither maker nor approver of it, releases it with a reason.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from tieout.errors import ConfigurationError, ConflictError
from tieout.finance.alignment import percent_of
from tieout.finance.mappings import MappingSet
from tieout.finance.periods import calendar_month
from tieout.finance.words import finding
from tieout.warehouse import audit
from tieout.warehouse.store import Row, Work
from tieout.workflows.alignment import newest
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office

#: Without a stated threshold everybody has to be aligned.
STRICT: Final = Decimal(100)
#: Journals in these states are approved and not yet on their way.
WAITING: Final = ("approved", "queued")


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether an entity's approved journals of a kind go without a second person.

    `headcount` is none while no comparison of the period is known.
    """

    entity: str
    threshold_percent: Decimal
    headcount: int | None
    aligned_count: int

    @property
    def open(self) -> bool:
        """A threshold of 0 is finance's statement that alignment does not matter here."""
        if self.threshold_percent <= 0:
            return True
        return bool(self.headcount) and (
            self.aligned_count * 100 >= self.threshold_percent * (self.headcount or 0)
        )

    @property
    def why(self) -> str:
        """Why it is shut, in one line; empty when it is open."""
        if self.open:
            return ""
        if not self.headcount:
            return "no alignment of its people is known; the threshold is " + self._threshold
        share = percent_of(self.aligned_count, self.headcount)
        return (
            f"{self.aligned_count} of {self.headcount} people aligned ({share} %), "
            f"threshold {self._threshold}"
        )

    @property
    def said(self) -> str:
        """Open or shut, in one line; counts of people, no person."""
        if not self.open:
            return f"shut: {self.why}"
        if self.threshold_percent <= 0:
            return "open: its policy asks for no alignment"
        share = percent_of(self.aligned_count, self.headcount or 0)
        return (
            f"open: {self.aligned_count} of {self.headcount} people aligned ({share} %), "
            f"threshold {self._threshold}"
        )

    @property
    def _threshold(self) -> str:
        return f"{self.threshold_percent.normalize():f} %"


def threshold_of(mapping: MappingSet, entity: str, period: str, journal_kind: str) -> Decimal:
    """The posting policy's `alignment_percent`.

    Raises:
        ConfigurationError: it is no number, or two policies fit equally.
    """
    row = mapping.best("posting", entity, calendar_month(period).ends, journal_kind=journal_kind)
    stated = None if row is None else row.number("alignment_percent")
    return STRICT if stated is None else min(stated, STRICT)


def gate_of(work: Work, mapping: MappingSet, entity: str, period: str, kind: str) -> Gate:
    """The gate by the newest comparison of the period."""
    found = newest(work, period, entity)
    threshold = threshold_of(mapping, entity, period, kind)
    if found is None:
        return Gate(entity, threshold, None, 0)
    return Gate(entity, threshold, int(found["headcount"]), int(found["aligned_count"]))


def gate_line(
    work: Work, mapping: MappingSet, entity: str, period: str, kinds: Collection[str]
) -> str:
    """The strictest gate of these kinds of journal; a policy that can't be read keeps it shut."""
    try:
        gates = [gate_of(work, mapping, entity, period, kind) for kind in sorted(kinds)]
    except ConfigurationError as error:
        return f"shut: {error.message}"
    return max(gates, key=lambda gate: gate.threshold_percent).said


def why_not_ready(work: Work, mapping: MappingSet, row: Row) -> str:
    """Why an approved journal waits for a second person; empty when it may go."""
    gate = gate_of(work, mapping, row["entity"], row["period"], row["kind"])
    if gate.open or _released(work, row) is not None:
        return ""
    return f"readiness: {gate.why}; a second person may release it with a reason"


def _released(work: Work, row: Row) -> Row | None:
    return work.row(
        "approve", "readiness_release", external_id=row["external_id"],
        content_hash=row["content_hash"],
    )  # fmt: skip


def tell_gate(office: Office, entity: str, period: str) -> str:
    """Open or close the entity's exception of journals that wait; the gate's line, or empty."""
    with office.warehouse.transaction() as work:
        mapping = known_mappings(office, work, office.now())
        waiting = _shut(work, mapping, entity, period)
        told = []
        why = ""
        if waiting:
            why = gate_of(work, mapping, entity, period, waiting[0]["kind"]).why
            told.append(
                open_exception(
                    work,
                    finding("readiness_missing", entity=entity, why=why, count=len(waiting)),
                    at=office.now(), object_kind="readiness", object_key=f"{entity}|{period}",
                    entity=entity, period=period, cause=entity, item_count=len(waiting),
                )
            )  # fmt: skip
        settle_object(
            work, "readiness", f"{entity}|{period}", told, "aligned, or released", office.now()
        )
    return why


def _shut(work: Work, mapping: MappingSet, entity: str, period: str) -> list[Row]:
    journals = work.rows(
        "approve", "journals_in_state", entity=entity, period=period, states=list(WAITING)
    )
    return [row for row in journals if why_not_ready(work, mapping, row)]


def release_unready(office: Office, entity: str, period: str, by: str, reason: str) -> list[str]:
    """A second person releases what waits at the gate; the external ids.

    Raises:
        ConfigurationError: no reason was given.
        ConflictError: nothing waits at the gate, or the person made or approved a journal of it.
    """
    if not reason.strip():
        raise ConfigurationError(
            "The release gives no reason.", next_step="Say why it may go in spite of the alignment."
        )
    with office.warehouse.transaction() as work:
        mapping = known_mappings(office, work, office.now())
        waiting = _shut(work, mapping, entity, period)
        if not waiting:
            raise ConflictError(
                f"Nothing of {entity} {period} waits at the readiness gate.",
                next_step="Look at the close board.",
            )
        _refuse_first_person(work, waiting, by)
        for row in waiting:
            _record(office, work, mapping, row, by, reason.strip())
    tell_gate(office, entity, period)
    return [str(row["external_id"]) for row in waiting]


def _refuse_first_person(work: Work, waiting: Sequence[Row], by: str) -> None:
    for row in waiting:
        approvers = {
            found["decided_by"]
            for found in work.rows("approve", "approvers_of", external_id=row["external_id"])
        }
        if by in approvers or by in row["makers"]:
            what = "approved" if by in approvers else "helped to make"
            raise ConflictError(
                f"{by} {what} {row['external_id']}; its release needs a second person.",
                blocks=f"posting of {row['entity']}",
                next_step="Ask somebody who neither made nor approved it.",
            )


def _record(
    office: Office, work: Work, mapping: MappingSet, row: Row, by: str, reason: str
) -> None:
    gate = gate_of(work, mapping, row["entity"], row["period"], row["kind"])
    work.run(
        "approve", "insert_readiness_release", external_id=row["external_id"],
        content_hash=row["content_hash"], released_by=by, at=office.now(), reason=reason,
        aligned_count=gate.aligned_count, headcount=gate.headcount or 0,
        threshold_percent=gate.threshold_percent,
    )  # fmt: skip
    audit.record(
        work,
        audit.Act(
            by, "released in spite of readiness", "journal", row["external_id"], reason,
            {"content_hash": row["content_hash"], "gate": gate.why},
        ),
        office.now(),
    )  # fmt: skip
