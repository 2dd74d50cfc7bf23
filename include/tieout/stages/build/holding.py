"""Decide how each row ends: what is held takes its atom of holding with it.

An atom balances by itself: an expense entry, a voucher, or employee x run. A component line without
an employee can't be told apart, so it makes all component lines of its entity one atom. By policy
an entity's whole run is one. A document that waits as such waits wholly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from tieout.contracts.staged import HOLDS, grouped

#: Classes that inform and never book.
INFORMATION: Final = "information"
#: Why rows are excluded; the position is the row's ending, 0 is built, held reasons come after.
_EXCLUDED: Final = ("", "rule:test_document", "rule:information_only", "rule:zero_amount")
_TEST, _INFORMATION, _NOTHING = 1, 2, 3
#: Holds that say an entity's rules have no answer.
_OF_RULES: Final = (
    "^(account_unmapped|cost_center_unmapped|project_unmapped|route_undecided"
    "|tax_treatment_missing)[|]"
)
_UNBALANCED: Final = "journal_unbalanced|"


@dataclass(frozen=True)
class Endings:
    """How the rows end.

    Attributes:
        at: position in `reasons` of each row.
        reasons: `state` (built, held, excluded) and `reason`.
        held: `entity`, `cause` (`code|cause`), `currency`, `item_count`, `at_risk_minor`.
    """

    at: pl.Series
    reasons: pl.DataFrame
    held: pl.DataFrame


def dispose(
    kind: str,
    frame: pl.DataFrame,
    places: pl.DataFrame,
    place: pl.Series,
    holding: Mapping[str, str],
    currencies: Mapping[str, str],
    document_holds: Mapping[str, Sequence[str]],
) -> Endings:
    """Decide the ending of every row.

    Args:
        kind: `pay_line` or `expense_line`.
        frame: reconciled (and routed) rows.
        places: see `places_of`.
        place: of each row.
        holding: entity → `run` or `atom`.
        currencies: entity → functional currency; a row in another one is held.
        document_holds: document → further `code|cause` texts that hold all of it, beside those
            in the column `document_holds`.
    """
    own = _own_holds(frame, places, place, currencies, document_holds)
    informs = (pl.col("component_class") == INFORMATION).fill_null(value=False)
    rows = frame.select(
        "amount_minor",
        _test=pl.col("is_test") == "yes" if "is_test" in frame.columns else pl.lit(value=False),
        _information=_at(places, place, informs),
        _own=_marked(frame.height, own["_row"]),
        _booked=_at(places, place, _side()),
    ).with_columns(
        _excluded=pl.when("_test")
        .then(_TEST)
        .when("_information")
        .then(_INFORMATION)
        .when((pl.col("amount_minor") == 0) & ~pl.col("_own"))
        .then(_NOTHING)
        .otherwise(0)
        .cast(pl.UInt32)
    )
    whole = _marked(frame.height, own.filter("_whole")["_row"])
    atom, atom_count = _atoms(kind, frame, holding, whole, rows["_excluded"] == 0)
    causes = _causes(own, rows, atom)
    reasons = causes["reason"].unique().sort()
    number = {text: position for position, text in enumerate(reasons, len(_EXCLUDED))}
    of_atom = pl.zeros(atom_count, dtype=pl.UInt32, eager=True).scatter(
        causes["atom"], causes["reason"].replace_strict(number, return_dtype=pl.UInt32)
    )
    ending = rows.select(
        pl.when(pl.col("_excluded") > 0).then("_excluded").otherwise(of_atom.gather(atom))
    ).to_series()
    table = pl.DataFrame(
        {
            "state": ["built", *["excluded"] * (len(_EXCLUDED) - 1), *["held"] * reasons.len()],
            "reason": [*_EXCLUDED, *reasons],
        },
        schema={"state": pl.String, "reason": pl.String},
    )
    return Endings(ending, table, _held(frame, own, ending, table))


def _at(places: pl.DataFrame, place: pl.Series, what: pl.Expr) -> pl.Series:
    """Something that is so for a whole place, for each row."""
    return places.select(what).to_series().gather(place)


def _marked(height: int, rows: pl.Series) -> pl.Series:
    marks = pl.repeat(value=False, n=height, dtype=pl.Boolean, eager=True)
    return marks.scatter(rows, True) if rows.len() else marks  # noqa: FBT003 - the value to set


def _side() -> pl.Expr:
    """What a place's amounts leave over: both legs balance, one does not."""
    debit, credit = pl.col("debit_account") != "", pl.col("credit_account") != ""
    return debit.cast(pl.Int64) - credit.cast(pl.Int64)


def _own_holds(
    frame: pl.DataFrame,
    places: pl.DataFrame,
    place: pl.Series,
    currencies: Mapping[str, str],
    document_holds: Mapping[str, Sequence[str]],
) -> pl.DataFrame:
    """Rows that are held for themselves: `_row`, `holds`, and whether their document waits."""
    functional = pl.col("entity").replace_strict(dict(currencies), default="")
    foreign = _at(places, place, pl.col("currency") != functional)
    further = pl.DataFrame(
        {"document": list(document_holds), "_further": [list(x) for x in document_holds.values()]},
        schema={"document": pl.String, "_further": HOLDS},
    )
    nothing = pl.lit([], dtype=HOLDS)
    unknown = (pl.col("entity") != "") & ~pl.col("entity").is_in(list(currencies))
    touched = (
        (pl.col("holds").list.len() > 0)
        | (pl.col("document_holds").list.len() > 0)
        | pl.col("document").is_in(further["document"].to_list())
        | pl.col("_foreign")
    )
    return (
        frame.select(
            pl.int_range(pl.len(), dtype=pl.UInt32).alias("_row"),
            "document", "entity", "holds", "document_holds", foreign.alias("_foreign"),
        )
        .filter(touched)
        .join(further, on="document", how="left", maintain_order="left")
        .select(
            "_row",
            pl.when(unknown)
            .then(_of_nobody())
            .when(pl.col("_foreign") & (pl.col("holds").list.len() == 0))
            .then(pl.lit(["value_unreadable|currency"], dtype=HOLDS))
            .otherwise(_causes_alone())
            .alias("holds"),
            pl.col("document_holds")
            .list.concat(pl.col("_further").fill_null(nothing))
            .alias("_whole"),
        )
        .select(
            "_row",
            pl.col("holds").list.concat("_whole").list.unique(maintain_order=True),
            pl.col("_whole").list.len() > 0,
        )
    )  # fmt: skip


def _of_nobody() -> pl.Expr:
    """Holds of a row whose entity we don't know: that its rules answer nothing follows from it."""
    named = pl.concat_list(pl.concat_str(pl.lit("entity_unknown|"), "entity"))
    return named.list.concat(_without(_OF_RULES))


def _causes_alone() -> pl.Expr:
    """Holds without what follows from another one: a missing code has no account of its own."""
    unread = pl.col("holds").list.eval(pl.element().str.starts_with("value_unreadable|")).list.any()
    payee = pl.col("holds").list.contains("value_unreadable|payee")
    return (
        pl.when(payee)
        .then(_without("^(account_unmapped[|]$|route_undecided[|])"))
        .when(unread)
        .then(_without("^account_unmapped[|]$"))
        .otherwise("holds")
    )


def _without(pattern: str) -> pl.Expr:
    """The holds that the pattern does not fit."""
    return pl.col("holds").list.eval(pl.element().filter(~pl.element().str.contains(pattern)))


def _atoms(
    kind: str,
    frame: pl.DataFrame,
    holding: Mapping[str, str],
    whole: pl.Series,
    booking: pl.Series,
) -> tuple[pl.Series, int]:
    """The number of each row's atom, and how many there are."""
    apart = [entity for entity, policy in holding.items() if policy != "run"]
    if not apart:
        atoms, atom = grouped(frame, ["entity"])
        return atom, atoms.height
    if kind == "expense_line":
        first, second = pl.col("document"), pl.col("entry_ref")
    else:
        component = pl.col("coding") == "component"
        nobody = frame.select((component & (pl.col("employee_ref") == "") & booking).alias("_"))
        mixed = frame["entity"].filter(nobody["_"]).unique().to_list()
        told = component & ~pl.col("entity").is_in(mixed) if mixed else component
        first = pl.when(component).then(pl.lit("")).otherwise("document")
        second = pl.when(told).then("employee_ref").when(component).then(pl.lit(""))
        second = second.otherwise("voucher_key")
    own = pl.col("entity").is_in(apart)
    keys = frame.select(
        "entity",
        _first=pl.when(own & whole).then("document").when(own).then(first).otherwise(pl.lit("")),
        _second=pl.when(own & whole).then(None).when(own).then(second).otherwise(pl.lit("")),
    )
    atoms, atom = grouped(keys, ["entity", "_first", "_second"])
    return atom, atoms.height


def _causes(own: pl.DataFrame, rows: pl.DataFrame, atom: pl.Series) -> pl.DataFrame:
    """The held atoms with their reason: the first hold of their rows, or that no leg balances.

    A row that books nothing can't hold its atom back. No plug is made for what does not balance.
    """
    at = own["_row"]
    holding = own.select(
        pl.col("holds").list.first().alias("reason"),
        atom.gather(at).alias("atom"),
        rows["_excluded"].gather(at).alias("_excluded"),
    ).filter(pl.col("_excluded") == 0)
    held = holding.group_by("atom").agg(pl.col("reason").min())
    residual = (
        rows.select("_excluded", "_booked", "amount_minor", atom.alias("atom"))
        .filter((pl.col("_excluded") == 0) & (pl.col("_booked") != 0))
        .group_by("atom")
        .agg(_residual=(pl.col("amount_minor") * pl.col("_booked")).sum())
        .filter(pl.col("_residual") != 0)
        .join(held, on="atom", how="anti")
        .select("atom", reason=pl.format(f"{_UNBALANCED}{{}}", "_residual"))
    )
    return pl.concat([held.select("atom", "reason"), residual])


def _held(
    frame: pl.DataFrame, own: pl.DataFrame, ending: pl.Series, reasons: pl.DataFrame
) -> pl.DataFrame:
    """What each cause holds back, counted by line."""
    columns = ["entity", "cause", "amount_minor", "currency"]
    stated = own.select("_row", "holds").filter(ending.gather(own["_row"]) >= len(_EXCLUDED))
    # Atoms held only because they do not balance have no row with an own hold.
    alone = (
        reasons.with_row_index("_ending")
        .filter((pl.col("state") == "held") & pl.col("reason").str.starts_with(_UNBALANCED))
        .select("_ending", cause="reason")
    )
    told = [stated.explode("holds").rename({"holds": "cause"})]
    if alone.height:
        of_rows = pl.DataFrame({"_ending": ending}).with_row_index("_row")
        told.append(of_rows.join(alone, on="_ending", how="inner").select("_row", "cause"))
    every = pl.concat(told)
    rows = frame.select(pl.col("entity", "amount_minor", "currency").gather(every["_row"]))
    return (
        rows.with_columns(every["cause"])
        .select(columns)
        .group_by("entity", "cause", "currency")
        .agg(item_count=pl.len().cast(pl.Int64), at_risk_minor=pl.col("amount_minor").abs().sum())
        .sort("entity", "cause", "currency")
    )
