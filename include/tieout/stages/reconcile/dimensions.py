"""Map source codes to ERP dimensions: cost centers (with splits and successors) and projects.

Every distinct code is looked up once and joined back. What the ERP does not know, or has closed
without a successor, is held with its cause; nothing is guessed.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from tieout.contracts.staged import (
    CODE,
    ReferenceView,
    Schema,
    answered,
    grouped,
    named,
    waits,
)
from tieout.finance.mappings import MappingSet, whole

PLACED: Final[Schema] = {
    "cost_center": CODE,
    "split": CODE,
    "cost_center_rules": CODE,
    "_hold": pl.String,
    "_cause": pl.String,
}
PROJECT: Final[Schema] = {
    "project": CODE,
    "project_rule": CODE,
    "_hold": pl.String,
    "_cause": pl.String,
}


def map_cost_centers(
    frame: pl.DataFrame,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
    default_date: date,
) -> pl.DataFrame:
    """Add `cost_center`, or `split` where there are several, and holds where a leg needs one.

    A split is a line `percent cost_center` for each part. Rules are those of the day `_on` of each
    row; whether a closed cost center has a successor is asked at `default_date`.
    """
    keyed = frame.with_columns(
        _needed=pl.col("dimensions")
        .str.contains("cost_center", literal=True)
        .fill_null(value=False),
    )
    distinct, place = grouped(keyed, ["entity", "cost_center_code", "_on", "_needed"])
    answers = [
        _cost_center_answer(entity, code, on, provider, mapping, reference, default_date)
        if needed
        else _placed()
        for entity, code, on, needed in distinct.iter_rows()
    ]
    placed = answered(keyed, place, answers, PLACED, "cost_center").drop("_needed")
    if any(answer["_hold"] == "dimension_missing" for answer in answers):
        # Without a cost center the account is what tells finance where to look.
        missing = pl.col("_hold_cost_center") == "dimension_missing"
        cause = (
            pl.when(missing)
            .then(pl.col("debit_account").cast(pl.String))
            .otherwise("_cause_cost_center")
        )
        return placed.with_columns(_cause_cost_center=cause)
    return placed


def _placed(**known: object) -> dict[str, object]:
    return {**dict.fromkeys(PLACED, ""), **known}


def _cost_center_answer(
    entity: str,
    code: str,
    on: date,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
    booked_on: date,
) -> dict[str, object]:
    if not code:
        return _placed(**waits("dimension_missing"))
    shares = mapping.cost_center_shares(provider, entity, code, on)
    if not shares:
        return _placed(**waits("cost_center_unmapped", code))
    if not whole(shares):
        # Two rules for the whole, or a split with a part missing: scaling it would be a guess.
        return _placed(**waits("mapping_conflict", code))
    centers: list[str] = []
    rules = [share.rule for share in shares]
    for share in shares:
        center = share.cost_center
        if center not in reference.cost_centers:
            return _placed(**waits("cost_center_unmapped", code))
        if not reference.cost_centers[center]:
            # It is closed where it is booked now, whenever the pay was earned.
            successor = mapping.successor(entity, center, booked_on)
            if successor is None or not reference.cost_centers.get(successor["successor"], False):
                return _placed(**waits("cost_center_closed", center))
            center = successor["successor"]
            rules.append(successor.name)
        centers.append(center)
    split = "\n".join(
        f"{share.percent} {center}" for share, center in zip(shares, centers, strict=True)
    )
    return _placed(
        cost_center=centers[0] if len(centers) == 1 else "",
        split=split if len(centers) > 1 else "",
        cost_center_rules="\n".join(rules),
    )


def map_projects(
    frame: pl.DataFrame,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
) -> pl.DataFrame:
    """Add `project` (ERP code or empty) and holds for codes without a place in the ERP."""
    needed = (pl.col("project_code") != "") & pl.col("dimensions").str.contains(
        "project", literal=True
    ).fill_null(value=False)
    keyed = frame.with_columns(_needed=needed)
    distinct, place = grouped(keyed, ["entity", "project_code", "_on", "_needed"])
    answers: list[dict[str, object]] = []
    for entity, code, on, wanted in distinct.iter_rows():
        row = mapping.project(provider, entity, code, on) if wanted else None
        sound = row is not None and reference.projects.get(row["project"], False)
        answers.append(
            {
                "project": row["project"] if row is not None and sound else "",
                "project_rule": named(row if sound else None),
                **(waits("project_unmapped", code) if wanted and not sound else waits("")),
            }
        )
    return answered(keyed, place, answers, PROJECT, "project").drop("_needed")
