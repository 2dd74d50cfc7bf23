"""The last act: the twin's own ledger against everything that the product's API states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.demo.aligned import Aligned, uncounted
from sandbox.demo.certified import Certified, uncertified
from sandbox.demo.cockpit_api import GONE, DocumentEnds, OpenException, TieOut
from sandbox.demo.losing import lost_in
from sandbox.demo.proof import (
    LedgerJournal,
    StatedJournal,
    compare,
    ledger_classes,
    total_of,
    written,
)
from sandbox.demo.scene import PERIOD, Scene
from sandbox.demo.troubles import Troubles, lines_delivered


@dataclass(frozen=True)
class Evidence:
    """All that the proof looks at, read once."""

    stated: Sequence[StatedJournal]
    held: Sequence[LedgerJournal]
    compared: Mapping[str, TieOut]
    exceptions: Sequence[OpenException]
    documents: Sequence[DocumentEnds]
    delivered: Mapping[str, int]
    broken_controls: Sequence[str]
    answer_was_lost: bool
    certified: Sequence[Certified] = ()
    aligned: Sequence[Aligned] = ()


@dataclass(frozen=True, slots=True)
class EntityProof:
    """One row of the final table; `ledger` is summed from the ERP's own lines."""

    entity: str
    currency: str
    source: Decimal
    journal: Decimal
    ledger: Decimal
    opened: int
    closed: int
    journals: tuple[StatedJournal, ...]

    @property
    def difference(self) -> Decimal:
        """How far the ledger is from the source."""
        return self.ledger - self.source


def gather(scene: Scene) -> Evidence:
    """Read the APIs and the twin's ledger."""
    details = [scene.cockpit.journal(head.external_id) for head in scene.cockpit.journals()]
    return Evidence(
        stated=[found.stated for found in details if found.stated.state not in GONE],
        held=scene.world.ledger(),
        compared=scene.cockpit.tie_out(),
        exceptions=scene.cockpit.exceptions(),
        documents=scene.cockpit.dispositions(),
        delivered=lines_delivered(scene.home),
        broken_controls=scene.cockpit.broken_controls(),
        certified=scene.cockpit.proof(),
        aligned=scene.cockpit.alignment(),
        answer_was_lost=bool(
            lost_in(
                [
                    found
                    for found in details
                    if found.stated.entity == scene.troubles.lost_answer_entity
                ]
            )
        ),
    )


def entity_proofs(evidence: Evidence) -> list[EntityProof]:
    """The rows of the final table."""
    classes = ledger_classes(evidence.stated, evidence.held)
    return [
        EntityProof(
            entity=entity,
            currency=found.currency,
            source=found.source or Decimal(),
            journal=found.journal or Decimal(),
            ledger=total_of(classes.get(entity, {})),
            opened=_count(evidence.exceptions, entity),
            closed=_count(evidence.exceptions, entity, closed=True),
            journals=tuple(each for each in evidence.stated if each.entity == entity),
        )
        for entity, found in sorted(evidence.compared.items())
    ]


def broken(evidence: Evidence, troubles: Troubles) -> list[str]:
    """Everything that does not hold, the gravest first; empty when the close is proven."""
    return [
        *(found.sentence for found in compare(evidence.stated, evidence.held, PERIOD)),
        *_of_totals(entity_proofs(evidence)),
        *_of_states(evidence),
        *_of_documents(evidence.documents, evidence.delivered),
        *(
            f"{each.entity or 'The group'}: “{each.title}” is still {each.state}; "
            f"it blocks {each.blocks}. {each.next_step}"
            for each in evidence.exceptions
            if each.is_open and each.is_critical
        ),
        *(
            f"The store answers a question that must have no answer: {name}."
            for name in evidence.broken_controls
        ),
        *uncertified(evidence.certified),
        *uncounted(evidence.aligned, evidence.compared),
        *_of_troubles(evidence, troubles),
    ]


def _of_totals(rows: Iterable[EntityProof]) -> list[str]:
    return [
        f"{row.entity}: totals differ: source {written(row.source)}, journals "
        f"{written(row.journal)}, ledger {written(row.ledger)} {row.currency}."
        for row in rows
        if not row.source == row.journal == row.ledger
    ]


def _of_states(evidence: Evidence) -> list[str]:
    with_journals = {journal.entity for journal in evidence.stated}
    told = [
        f"{drift.entity}: journal {drift.external_id}, {drift.kind.replace('_', ' ')}: posted "
        f"{drift.expected or 'nothing'}, the ledger holds {drift.found or 'nothing'}."
        for found in evidence.compared.values()
        for drift in found.drifts
        if not drift.cured_at
    ]
    for entity, found in sorted(evidence.compared.items()):
        if entity not in with_journals:
            told.append(f"{entity}: the close has no journal of it.")
        if found.state != "tied":
            why = f": {found.note}" if found.note else ""
            told.append(f"{entity}: Tieout's own comparison is {found.state}{why}.")
    return told


def _of_documents(documents: Iterable[DocumentEnds], delivered: Mapping[str, int]) -> list[str]:
    told = []
    for each in documents:
        expected = delivered.get(each.name, each.lines_in)
        named = f"{each.provider}, {each.name}"
        if each.standing == "current" and each.lines_in != expected:
            told.append(f"{named}: the provider sent {expected} lines, {each.lines_in} came in.")
        if each.undisposed or each.held:
            told.append(
                f"{named}: of {each.lines_in} lines {each.undisposed} have no disposition and "
                f"{each.held} are held."
            )
    return told


def _of_troubles(evidence: Evidence, troubles: Troubles) -> list[str]:
    """What was seeded must have been found, or the demonstration shows less than it says."""
    titles = [(each.code, each.title, each.entity) for each in evidence.exceptions]

    def told(code: str, named: str) -> bool:
        return any(found == code and named in title for found, title, _ in titles)

    drifts = evidence.compared[troubles.hand_edit_entity].drifts
    met = {
        f"the closed cost center {troubles.closed_cost_center}": told(
            "cost_center_closed", troubles.closed_cost_center
        ),
        f"the expense type {troubles.new_type} without an account": told(
            "account_unmapped", troubles.new_type
        ),
        f"the repeated file {troubles.duplicate_name}": told(
            "document_duplicate", troubles.duplicate_name
        ),
        f"the control total of {troubles.mismatch_name}": any(
            code == "control_total_mismatch" and entity == troubles.mismatch_entity
            for code, _, entity in titles
        ),
        f"the late approval of {troubles.late_report}": told("cutoff_missed", troubles.late_report),
        f"the lost answer of {troubles.lost_answer_entity}": evidence.answer_was_lost,
        f"the hand edit in {troubles.hand_edit_entity}": any(drift.cured_at for drift in drifts),
    }
    return [f"Nothing was told of {what}." for what, seen in met.items() if not seen]


def _count(exceptions: Iterable[OpenException], entity: str, *, closed: bool = False) -> int:
    return sum(1 for each in exceptions if each.entity == entity and not (closed and each.is_open))


def figures(evidence: Evidence) -> dict[str, Any]:
    """What `demo.json` keeps."""
    return {
        "entities": {row.entity: _entity_figures(row) for row in entity_proofs(evidence)},
        "certificates": {
            each.entity: {
                "hash": each.hash,
                "failures": list(each.failures),
                "lines": dict(each.counts),
                "clearing": str(each.clearing),
                "open_items": str(each.open_items),
                "currency": each.currency,
                "foreign_entries": each.foreign_entries,
                "explained": str(each.explained),
            }
            for each in evidence.certified
        },
        "exceptions": [
            {
                "code": each.code,
                "severity": each.severity,
                "entity": each.entity,
                "title": each.title,
                "state": each.state,
                "closed_how": each.closed_how,
            }
            for each in evidence.exceptions
        ],
        "dispositions": [_document_figures(each) for each in evidence.documents],
    }


def _entity_figures(row: EntityProof) -> dict[str, Any]:
    return {
        "currency": row.currency,
        "source": str(row.source),
        "journal": str(row.journal),
        "ledger": str(row.ledger),
        "difference": str(row.difference),
        "exceptions_opened": row.opened,
        "exceptions_closed": row.closed,
        "journals": [
            {
                "external_id": journal.external_id,
                "erp_id": journal.ledger_id,
                "kind": journal.kind,
                "state": journal.state,
                "debit": str(journal.debit),
                "lines": len(journal.lines),
            }
            for journal in row.journals
        ],
    }


def _document_figures(each: DocumentEnds) -> dict[str, Any]:
    return {
        "provider": each.provider,
        "document": each.name,
        "entity": each.entity,
        "standing": each.standing,
        "lines_in": each.lines_in,
        "built": each.built,
        "held": each.held,
        "excluded": each.excluded,
        "carried_over": each.carried_over,
    }
