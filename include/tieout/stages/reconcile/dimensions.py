"""Map source codes to ERP dimensions: cost centers (with splits and successors) and projects.

Every distinct code is looked up once and joined back. What the ERP does not know, or has closed
without a successor, is held with its cause; nothing is guessed.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from tieout.contracts.staged import ReferenceView, add_hold, add_used, join_answers, named
from tieout.finance.mappings import MappingSet, whole

#: Why a row may have no cost center.
HOLDS = ("cost_center_unmapped", "cost_center_closed", "dimension_missing", "mapping_conflict")


def map_cost_centers(
    frame: pl.DataFrame,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
    default_date: date,
) -> pl.DataFrame:
    """Add `cost_centers` and `percents` (lists) and holds for rows whose leg needs them.

    A row looks its cost center up at the date it was earned for, else at the period's end.
    """
    keys = ["entity", "cost_center_code", "_on"]
    needed = pl.col("dimensions").str.contains("cost_center").fill_null(value=False)
    frame = frame.with_columns(_on=_lookup_date(frame, default_date))
    distinct = frame.filter(needed).select(keys).unique().sort(keys)
    answers = [
        _cost_center_answer(entity, code, on, provider, mapping, reference)
        for entity, code, on in distinct.iter_rows()
    ]
    joined = join_answers(
        frame,
        keys,
        answers,
        {
            "entity": pl.String,
            "cost_center_code": pl.String,
            "_on": pl.Date,
            "cost_centers": pl.List(pl.String),
            "percents": pl.List(pl.String),
            "_cc_hold": pl.String,
            "_cc_cause": pl.String,
            "_cc_rules": pl.List(pl.String),
        },
    )
    for code in HOLDS:
        # Without a cost center the account is what tells finance where to look.
        cause = pl.col("debit_account" if code == "dimension_missing" else "_cc_cause")
        joined = joined.with_columns(
            add_hold(needed & (pl.col("_cc_hold").fill_null("") == code), code, cause)
        )
    nothing = pl.lit([], dtype=pl.List(pl.String))
    return joined.with_columns(
        pl.when(needed).then("cost_centers").fill_null(nothing),
        pl.when(needed).then("percents").fill_null(nothing),
        used=pl.when(needed)
        .then(pl.col("used").list.concat(pl.col("_cc_rules").fill_null(nothing)))
        .otherwise(pl.col("used")),
    ).drop("_cc_hold", "_cc_cause", "_cc_rules", "_on")


def _lookup_date(frame: pl.DataFrame, default_date: date) -> pl.Expr:
    if "earned_for" in frame.columns:
        return pl.col("earned_for").fill_null(default_date)
    return pl.lit(default_date)


def _cost_center_answer(
    entity: str,
    code: str,
    on: date,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
) -> dict[str, object]:
    answer: dict[str, object] = {
        "entity": entity,
        "cost_center_code": code,
        "_on": on,
        "cost_centers": [],
        "percents": [],
        "_cc_hold": "",
        "_cc_cause": code,
        "_cc_rules": [],
    }
    if not code:
        return answer | {"_cc_hold": "dimension_missing"}
    shares = mapping.cost_center_shares(provider, entity, code, on)
    if not shares:
        return answer | {"_cc_hold": "cost_center_unmapped"}
    if not whole(shares):
        # Two rules for the whole, or a split with a part missing: scaling it would be a guess.
        return answer | {"_cc_hold": "mapping_conflict"}
    centers: list[str] = []
    rules = [share.rule for share in shares]
    for share in shares:
        center = share.cost_center
        if center not in reference.cost_centers:
            return answer | {"_cc_hold": "cost_center_unmapped"}
        if not reference.cost_centers[center]:
            successor = mapping.successor(entity, center)
            if successor is None or not reference.cost_centers.get(successor["successor"], False):
                return answer | {"_cc_hold": "cost_center_closed", "_cc_cause": center}
            center = successor["successor"]
            rules.append(successor.name)
        centers.append(center)
    return answer | {
        "cost_centers": centers,
        "percents": [str(share.percent) for share in shares],
        "_cc_rules": rules,
    }


def map_projects(
    frame: pl.DataFrame,
    provider: str,
    mapping: MappingSet,
    reference: ReferenceView,
    default_date: date,
) -> pl.DataFrame:
    """Add `project` (ERP code or empty) and holds for codes without a place in the ERP."""
    keys = ["entity", "project_code"]
    needed = (pl.col("project_code") != "") & pl.col("dimensions").str.contains(
        "project"
    ).fill_null(value=False)
    distinct = frame.filter(needed).select(keys).unique().sort(keys)
    answers = []
    for entity, code in distinct.iter_rows():
        row = mapping.project(provider, entity, code, default_date)
        sound = row is not None and reference.projects.get(row["project"], False)
        answers.append(
            {
                "entity": entity,
                "project_code": code,
                "project": row["project"] if row is not None and sound else "",
                "_project_rule": named(row if sound else None),
            }
        )
    schema = dict.fromkeys(("entity", "project_code", "project", "_project_rule"), pl.String)
    joined = join_answers(frame, keys, answers, schema).with_columns(
        pl.when(needed).then(pl.col(column)).otherwise(pl.lit("")).fill_null("").alias(column)
        for column in ("project", "_project_rule")
    )
    return (
        joined.with_columns(
            add_hold(needed & (pl.col("project") == ""), "project_unmapped", pl.col("project_code"))
        )
        .with_columns(add_used("_project_rule"))
        .drop("_project_rule")
    )
