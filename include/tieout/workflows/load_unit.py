"""The stages of a unit in one process and one transaction, stored as its tasks would store them.

No rows are kept between the stages. A unit that its tasks have worked on keeps to them: their
artefacts say what is new. A later task on a unit that was loaded finds no artefact of its own,
works it out once and finds the same journals.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tieout.warehouse.store import Row
from tieout.workflows.batches import cut_and_hand_over
from tieout.workflows.build import booked, build, standing
from tieout.workflows.extract import extract, joined, kept_frame, picked_version, unit_documents
from tieout.workflows.extract import stands as version_stands
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.reconcile import reconcile, reconciled
from tieout.workflows.reference import LEDGER_SOURCE
from tieout.workflows.route import rates_known_to, route, routed
from tieout.workflows.units import (
    STAGES,
    Claim,
    StageResult,
    claimed,
    hold_fence,
    input_key,
    save_result,
)
from tieout.workflows.validate import around_unit, validate, validated

if TYPE_CHECKING:
    import polars as pl

    from tieout.contracts.versions import Picked
    from tieout.finance.mappings import MappingSet

TASKS: Final = (extract, validate, reconcile, route, build)
#: Version of what a load computes; another one makes every unit due again.
VERSION: Final = "3"


@dataclass(frozen=True)
class KnownRules:
    """What a load works with: rules and master data of one instant, the one of its beginning.

    Attributes:
        reference_version: changes with anything known of the ERP's master data.
    """

    known_at: datetime
    mapping: MappingSet
    reference_version: str


@dataclass
class Spent:
    """Seconds of wall time by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def on(self, stage: str) -> Iterator[None]:
        """Add the time of a block."""
        begun = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - begun

    def add(self, other: Mapping[str, float]) -> None:
        """Add times measured elsewhere."""
        for stage, seconds in other.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds


def rules_known(office: Office) -> KnownRules:
    """The rules and master data as known now."""
    known_at = office.now()
    with office.warehouse.transaction() as work:
        mapping = known_mappings(office, work, known_at)
        version = work.value(
            "reconcile", "reference_version", source=LEDGER_SOURCE, known_at=known_at
        )
    return KnownRules(known_at, mapping, str(version))


def load_unit(
    office: Office,
    unit_key: str,
    holder: str,
    rules: KnownRules,
    frames: Mapping[str, pl.DataFrame],
    spent: Spent,
) -> bool:
    """Bring a unit from extract to build; False when nothing was new.

    A unit whose suite was never asked, since a load was killed before its end, is worked out again.

    Args:
        office: the office.
        unit_key: the unit.
        holder: who holds it meanwhile.
        rules: see `rules_known`.
        frames: hash of a document → its rows, where they are still at hand.
        spent: takes the times.

    Raises:
        BusyError: another run holds the unit.
    """
    with claimed(office, unit_key, holder) as claim:
        documents = unit_documents(office, claim)
        stages = _stages(office, claim)
        with office.warehouse.transaction() as work:
            journals, stands = standing(work, claim, rules.known_at)
            asked = work.value("validate", "was_asked", batch_key=claim.key)
        picked = picked_version(office, claim)
        key = _key(office, claim, rules, picked, documents, stands)
        worked = any(row["output_sha256"].strip() for row in stages.values())
        if not worked and asked and stages.get("build", {}).get("input_key") == key:
            return False
        if not worked:
            made = _computed(office, claim, rules, picked, documents, journals, frames, spent)
            with spent.on("store"):
                _save(office, claim, rules, picked, made, key)
    if worked:
        with spent.on("tasks"):
            ran = [task(office, unit_key, holder) for task in TASKS]
        return any(ran)
    if claim.unit["kind"] == "expense":
        with spent.on("route"):
            cut_and_hand_over(office)
    return True


def _stages(office: Office, claim: Claim) -> dict[str, Row]:
    with office.warehouse.transaction() as work:
        found = {
            stage: work.row("extract", "stage_of_unit", unit_key=claim.key, stage=stage)
            for stage in STAGES
        }
    return {stage: row for stage, row in found.items() if row is not None}


def _key(
    office: Office,
    claim: Claim,
    rules: KnownRules,
    picked: Picked,
    documents: Sequence[Row],
    stands: Sequence[object],
) -> str:
    """The hash of all that a load of a unit depends on."""
    hashes = [row["sha256"] for row in documents]
    known = (rules.mapping.version, rules.reference_version, version_stands(picked))
    published = [rates_known_to(office, claim)] if claim.unit["kind"] == "expense" else []
    return input_key("load", VERSION, hashes, *known, *stands, *published)


def _computed(
    office: Office,
    claim: Claim,
    rules: KnownRules,
    picked: Picked,
    documents: list[Row],
    journals: list[Row],
    frames: Mapping[str, pl.DataFrame],
    spent: Spent,
) -> dict[str, StageResult]:
    """What each stage makes; nothing is saved."""

    def frame_of(row: Row) -> pl.DataFrame:
        known = frames.get(row["sha256"])
        return kept_frame(office, row) if known is None else known

    made: dict[str, StageResult] = {}
    with spent.on("extract"):
        made["extract"] = joined(documents, picked, frame_of)
    frame = made["extract"].frame
    if frame is None:
        return made
    with spent.on("validate"):
        around = around_unit(office, claim, rules.mapping)
        made["validate"] = validated(office, claim, frame, around)
    with spent.on("reconcile"):
        typed = _rows(made["validate"])
        made["reconcile"] = reconciled(office, claim, typed, rules.mapping, rules.known_at)
    with spent.on("route"):
        mapped = made["reconcile"]
        made["route"] = (
            StageResult(frame=mapped.frame)
            if claim.unit["kind"] == "payroll"
            else routed(office, claim, _rows(mapped), rules.mapping)
        )
    with spent.on("build"):
        made["build"] = booked(
            office, claim, _rows(made["route"]), rules.mapping, journals, rules.known_at
        )
    return made


def _rows(result: StageResult) -> pl.DataFrame:
    if result.frame is None:
        message = "a stage between extract and build hands on rows"
        raise AssertionError(message)
    return result.frame


def _save(
    office: Office,
    claim: Claim,
    rules: KnownRules,
    picked: Picked,
    made: Mapping[str, StageResult],
    key: str,
) -> None:
    """All stages of the unit, or none; what was stored changes the key."""
    with office.warehouse.transaction() as work:
        hold_fence(work, claim)
        for stage, result in made.items():
            save_result(office, work, claim, stage, key, result, output="")
        _, stands = standing(work, claim, rules.known_at)
        documents = work.rows("extract", "unit_documents", unit_key=claim.key)
        work.run(
            "build", "set_stage_key", unit_key=claim.key, stage="build",
            input_key=_key(office, claim, rules, picked, documents, stands),
        )  # fmt: skip
