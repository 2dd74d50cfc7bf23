"""Laws of finance's rules, over generated sets: the fast look-up is the plain one, and checked."""

from __future__ import annotations

from datetime import date
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.errors import ConfigurationError
from tieout.finance.mapping_checks import ComplaintKind, complaints
from tieout.finance.mappings import MappingRow, MappingSet, whole

COUNTRIES = {"DE01": "DE", "DE02": "DE", "US01": "US"}
DAYS = [date(2026, 1, 1), date(2026, 5, 15), date(2026, 9, 1), date(2026, 12, 31)]
STARTS = DAYS[:3]
SCOPES = ["group", "country:DE", "entity:DE01"]
#: A text that no rule states, beside those that rules may state.
PAYEES, TAXABLE, TYPES = ["employee", "card"], ["yes", "no"], ["MEALS", "RAIL", "OTHER"]

Wanted = dict[str, str]


@st.composite
def routes(draw: st.DrawFn, scopes: tuple[str, ...] = tuple(SCOPES)) -> list[MappingRow]:
    """Rules of few names, so that versions, overlaps and ties are common."""
    row = st.fixed_dictionaries(
        {
            "rule": st.sampled_from(["a", "b", "c", "d"]),
            "scope": st.sampled_from(scopes),
            "payee": st.sampled_from(["*", *PAYEES]),
            "taxable": st.sampled_from(["*", "", *TAXABLE]),
            "expense_type": st.sampled_from(["*", *TYPES[:2]]),
        }
    )
    stated = draw(st.lists(st.tuples(row, st.sampled_from(STARTS), st.sampled_from([None, *DAYS]))))
    unique = {(content["rule"], start): (content, ends) for content, start, ends in stated}
    return [
        MappingRow("routing", number, start, content, valid_to=ends)
        for number, ((_, start), (content, ends)) in enumerate(unique.items(), 1)
    ]


def questions() -> list[Wanted]:
    """Everything that may be asked of the generated rules."""
    return [
        {"payee": payee, "taxable": taxable, "expense_type": kind}
        for payee, taxable, kind in product(PAYEES, TAXABLE, TYPES)
    ]


def plainly(rows: list[MappingRow], entity: str, on: date, wanted: Wanted) -> list[MappingRow]:
    """The rows that answer best, found by looking at every row: one, none, or a tie."""
    reach = {f"entity:{entity}": 3, f"country:{COUNTRIES[entity]}": 2, "group": 1}
    ranked: list[tuple[tuple[int, int], MappingRow]] = []
    for row in rows:
        if row.valid_from > on or (row.valid_to is not None and row.valid_to < on):
            continue
        newer = [r for r in rows if r.key == row.key and row.valid_from < r.valid_from <= on]
        if newer or row["scope"] not in reach:
            continue
        if any(row[column] not in {"*", "", text} for column, text in wanted.items()):
            continue
        exact = sum(row[column] == text for column, text in wanted.items())
        ranked.append(((reach[row["scope"]], exact), row))
    best = max((rank for rank, _ in ranked), default=None)
    return [row for rank, row in ranked if rank == best]


@given(routes(), st.randoms(use_true_random=False))
def test_the_look_up_answers_as_a_plain_reading_of_all_rows_does(
    rows: list[MappingRow], shuffled: Random
) -> None:
    """The controller relies on it: most specific wins, a tie is told, row order is nothing."""
    other = list(rows)
    shuffled.shuffle(other)
    sets = [MappingSet(each, COUNTRIES, "v") for each in (rows, other)]
    for entity, on, wanted in product(COUNTRIES, DAYS, questions()):
        expected = plainly(rows, entity, on, wanted)
        for mapping in sets:
            if len(expected) > 1:
                with pytest.raises(ConfigurationError):
                    mapping.best("routing", entity, on, **wanted)
            else:
                found = mapping.best("routing", entity, on, **wanted)
                assert found == (expected[0] if expected else None)


@pytest.mark.promise("S94")
@given(routes())
def test_every_tie_that_a_look_up_could_meet_is_named_before_activation(
    rows: list[MappingRow],
) -> None:
    """Finance relies on it: what was activated never stops a build for two rules that fit."""
    named = {item.subject for item in complaints(rows) if item.kind is ComplaintKind.CONFLICT}
    for entity, on, wanted in product(COUNTRIES, DAYS, questions()):
        tied = plainly(rows, entity, on, wanted)
        for one, other in product(tied, tied):
            if one.key < other.key:
                assert f"{one.key} / {other.key}" in named


@given(routes(scopes=("group",)))
def test_no_conflict_is_told_that_no_question_meets(rows: list[MappingRow]) -> None:
    """A check that cries wolf is soon switched off."""
    named = [item for item in complaints(rows) if item.kind is ComplaintKind.CONFLICT]
    days = {row.valid_from for row in rows} | set(DAYS)
    days |= {date.fromordinal(row.valid_to.toordinal() + 1) for row in rows if row.valid_to}
    met = any(
        len(plainly(rows, "US01", on, wanted)) > 1 for on, wanted in product(days, questions())
    )
    assert bool(named) == met


@st.composite
def splits(draw: st.DrawFn) -> list[MappingRow]:
    """Shares of one code by provider, entity, cost center and day."""
    row = st.tuples(
        st.sampled_from(["*", "concur"]),
        st.sampled_from(["*", "DE01"]),
        st.sampled_from(["CC1", "CC2", "CC3"]),
        st.sampled_from(STARTS),
    )
    share = st.tuples(
        st.sampled_from(["0", "25", "50", "75", "100", ""]), st.sampled_from([None, *DAYS])
    )
    return [
        MappingRow(
            "cost_centers",
            number,
            start,
            {
                "provider": provider,
                "entity": entity,
                "source_code": "410",
                "cost_center": center,
                "percent": percent,
            },
            valid_to=ends,
        )
        for number, ((provider, entity, center, start), (percent, ends)) in enumerate(
            draw(st.dictionaries(row, share)).items(), 1
        )
        if ends is None or ends >= start
    ]


@given(splits())
def test_every_split_that_is_not_whole_is_named_before_activation(rows: list[MappingRow]) -> None:
    """Finance relies on it: no cent of a split is lost, and none is scaled."""
    mapping = MappingSet(rows, COUNTRIES, "v")
    sound = not complaints(rows)
    for entity, provider, on in product(COUNTRIES, ["concur", "datev"], DAYS):
        shares = mapping.cost_center_shares(provider, entity, "410", on)
        if sound and shares:
            assert whole(shares)
