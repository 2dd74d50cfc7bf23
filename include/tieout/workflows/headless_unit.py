"""The pure stages on one unit in one process: extract, validate, reconcile, route, build.

Units, batch keys and revisions are those of the running system, so that external ids are the same;
what the store would know beside the rows (batches handed over, master data) arrives as values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tieout.finance.documents import ControlTotals
from tieout.workflows.batch_checks import measured, must_wait, surroundings
from tieout.workflows.build import KINDS
from tieout.workflows.build_holds import clearing_accounts
from tieout.workflows.headless_batches import HandedOver, handed_over
from tieout.workflows.headless_certificate import certify, lineage_failures, look_up
from tieout.workflows.headless_evidence import evidence_of
from tieout.workflows.headless_values import Known, Unit, UnitBuilt
from tieout.workflows.intercompany import settled_by
from tieout.workflows.line_limit import built_within_limit
from tieout.workflows.unit_rules import (
    build_rules,
    control_mismatches,
    hold_documents,
    shown,
    told_cause,
)
from tieout.workflows.validate import FRAME_KINDS

if TYPE_CHECKING:
    import polars as pl

    from tieout.contracts.measures import Surroundings
    from tieout.stages.build.build import Built


def build_unit(known: Known, unit: Unit, given: HandedOver) -> UnitBuilt:
    """Run the stages on a unit's documents.

    Args:
        known: see `Known`.
        unit: its documents, each with its reading.
        given: what payroll was handed over, per entity and period.

    Raises:
        ConfigurationError: the rules contradict themselves or do not cover an entity.
    """
    made = UnitBuilt(unit.key, unit.provider, unit.kind, unit.period.code)
    with made.timed("extract"):
        frame = _extracted(made, known, unit)
    with made.timed("validate"):
        typed = _validated(made, known, unit, frame)
    if unit.period > known.period or (unit.kind == "payroll" and unit.period != known.period):
        _carry_over(made, unit, typed)
        return made
    with made.timed("reconcile"):
        mapped = _reconciled(known, unit, typed)
    with made.timed("route"):
        routed = _routed(known, unit, mapped)
        if unit.kind == "expense":
            made.handed_over = handed_over(routed, known.company, known.mapping, known.known_at)
    with made.timed("build"):
        _built(made, known, unit, typed, routed, given)
    return made


def _extracted(made: UnitBuilt, known: Known, unit: Unit) -> pl.DataFrame:
    from tieout.contracts.reading_version import picked_for, read_by_version
    from tieout.stages.extract.unit_frame import ReadDocument, unit_frame

    kind = FRAME_KINDS[unit.kind]
    stated = known.company.provider(unit.provider).contract
    picked = picked_for(kind, stated, known.known_at.date())
    read = []
    for document, reading in unit.documents:
        rows, told = read_by_version(reading.frames[kind], picked, unit.provider, document.name)
        findings = (*reading.findings, *told)
        made.findings += [("extract", document.sha256, item) for item in findings]
        read.append(ReadDocument(document.sha256, document.name, rows, findings))
    return unit_frame(read)


def _validated(made: UnitBuilt, known: Known, unit: Unit, frame: pl.DataFrame) -> pl.DataFrame:
    from tieout.stages.validate.rows import validate_rows
    from tieout.stages.validate.totals import document_totals

    names = {document.sha256: document.name for document, _ in unit.documents}
    controls = {document.sha256: reading.control for document, reading in unit.documents}
    stated = {
        sha: (told.origin.value, told.line_count, told.debit_minor, told.credit_minor)
        for sha, told in controls.items()
        if told is not None
    }
    currencies = {sha: told.currency for sha, told in controls.items() if told is not None}
    validated = validate_rows(FRAME_KINDS[unit.kind], frame, names)
    made.totals = document_totals(validated.frame, stated)
    mismatches = control_mismatches(made.totals, names, currencies, unit.key)
    made.measured = measured(
        unit.kind, validated.frame, made.totals, _surroundings(known, unit, controls)
    )
    waiting = mismatches + must_wait(unit.kind, made.measured, names, unit.key)
    made.findings += [("validate", "", told) for told in validated.findings]
    made.findings += [("validate", document, told) for document, told in waiting]
    return hold_documents(validated.frame, waiting)


def _surroundings(
    known: Known, unit: Unit, controls: Mapping[str, ControlTotals | None]
) -> Surroundings:
    stated = {
        sha: (told.headcount, told.net_pay_minor)
        for sha, told in controls.items()
        if told is not None
    }
    return surroundings(known.company, known.mapping, unit.provider, unit.period, stated=stated)


def _reconciled(known: Known, unit: Unit, typed: pl.DataFrame) -> pl.DataFrame:
    from tieout.contracts.staged import ReferenceView
    from tieout.stages.reconcile.reconcile import reconcile

    view = ReferenceView(
        known.reference["account"], known.reference["cost_center"], known.reference["project"]
    )
    kind = FRAME_KINDS[unit.kind]
    return reconcile(kind, typed, unit.provider, known.mapping, view, unit.period.ends)


def _routed(known: Known, unit: Unit, mapped: pl.DataFrame) -> pl.DataFrame:
    from tieout.stages.route.route import route_expenses

    if unit.kind == "payroll":
        return mapped
    return route_expenses(mapped, known.mapping, unit.period.ends)


def _built(
    made: UnitBuilt,
    known: Known,
    unit: Unit,
    typed: pl.DataFrame,
    routed: pl.DataFrame,
    given: HandedOver,
) -> None:
    from tieout.stages.build.build import build

    kind = FRAME_KINDS[unit.kind]
    between = settled_by(known.company, known.mapping, unit.period, known.owners)
    rows = between.held(routed)
    holds = _reimbursement_holds(known, unit, rows, given)
    pay_dates = {
        reading.facts.entity: reading.facts.pay_date
        for _, reading in unit.documents
        if reading.facts.pay_date
    }

    def made_once() -> Built:
        rules = build_rules(
            known.company, known.mapping, KINDS[unit.kind], unit.period, unit.key, rows, holds,
            revisions={}, pay_dates=pay_dates,
        )  # fmt: skip
        return between.applied(build(kind, rows, replace(rules, keep_legs=True)))

    built = built_within_limit(known.journal_lines, kind, rows, known.mapping, holds, made_once)
    made.evidence = evidence_of(known.company.tenant, kind, typed, built.journals)
    made.journals = tuple(replace(item, legs=None) for item in built.journals)
    told = [finding for _, _, finding in made.findings]
    made.held = [(cause, told_cause(cause, unit.key, told)) for cause in built.held]
    made.lineage_failures = lineage_failures(built.journals)
    _certify(made, unit, typed, built.disposed)


def _certify(made: UnitBuilt, unit: Unit, typed: pl.DataFrame, disposed: pl.DataFrame) -> None:
    kind = FRAME_KINDS[unit.kind]
    found = look_up(typed, disposed)
    made.disposed = found.disposed
    documents = {
        document.sha256: (document, reading.control, reading.frames[kind].height)
        for document, reading in unit.documents
    }
    made.certificates = certify(unit.key, documents, typed, found)


def _carry_over(made: UnitBuilt, unit: Unit, typed: pl.DataFrame) -> None:
    """Pay runs of another period and reports approved after it are counted and left alone."""
    import polars as pl

    amount = pl.col("amount_minor")
    waiting = (
        typed.group_by("document")
        .agg(
            source_lines=pl.col("line_no"),
            debit_minor=amount.clip(lower_bound=0).sum(),
            credit_minor=(-amount).clip(lower_bound=0).sum(),
        )
        .with_columns(
            state=pl.lit("carried_over"),
            reason=pl.lit(f"rule:period_{unit.period.code}"),
            external_id=pl.lit(""),
        )
    )
    _certify(made, unit, typed, waiting)


def _reimbursement_holds(
    known: Known, unit: Unit, frame: pl.DataFrame, given: HandedOver
) -> dict[str, list[str]]:
    """Pay runs that reimburse more than payroll was given wait: document → holds."""
    import polars as pl

    if unit.kind != "payroll":
        return {}
    cleared = clearing_accounts(known.mapping)
    paid = frame.filter(pl.col("debit_account").fill_null("").is_in(cleared))
    holds: dict[str, list[str]] = {}
    for entity, amount, documents in (
        paid.filter(pl.col("amount_minor") != 0)
        .group_by("entity")
        .agg(pl.col("amount_minor").sum(), pl.col("document").unique().sort())
        .sort("entity")
        .iter_rows()
    ):
        stated = known.given.get(entity) if unit.period == known.period else None
        allowed = given.get((entity, unit.period.code), 0) if stated is None else stated
        if entity in known.company.entities and amount > allowed:
            currency = known.company.entity(entity).functional_currency
            cause = f"clearing_unexplained|{shown(amount - allowed, currency)} {currency}"
            holds |= {document: [cause] for document in documents}
    return holds
