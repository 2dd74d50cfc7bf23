"""A cost on another entity's cost center: claim and debt in both books, or it waits for a rule."""

from __future__ import annotations

import pytest

from tests.builders.invariants import assert_every_line_ended_once
from tests.builders.kinds import booked
from tests.builders.office import Rehearsal
from tieout.finance.journals import Journal
from tieout.finance.stored import journal_from_json

PAYER, BEARER = "DE01", "SE01"


def journals(made: Rehearsal) -> list[Journal]:
    """What stands for both entities, from expenses."""
    rows = made.rows(
        "SELECT content FROM journal WHERE kind IN ('expense', 'intercompany')"
        " AND entity = ANY(%s) AND state <> 'superseded' ORDER BY kind, entity",
        [PAYER, BEARER],
    )
    return [journal_from_json(row["content"]) for row in rows]


@pytest.fixture
def lent(cured: Rehearsal) -> tuple[Rehearsal, str, int]:
    """The ERP gives one of DE01's cost centers to SE01: its code, and what DE01 booked on it."""
    (own,) = [one for one in journals(cured) if one.key.entity == PAYER]
    center = next(line.cost_center for line in own.lines if line.cost_center)
    amount = sum(line.amount_minor for line in own.lines if line.cost_center == center)
    cured.change(
        "WITH ended AS (UPDATE reference_object SET known_to = %s WHERE kind = 'cost_center'"
        " AND code = %s AND known_to = 'infinity' AND valid_to = 'infinity' RETURNING *)"
        " INSERT INTO reference_object (source, kind, code, ref, name, active, missing,"
        " parent_code, entities, fields, known_from, valid_from, valid_to)"
        " SELECT source, kind, code, ref, name, active, missing, parent_code, ARRAY[%s], fields,"
        " known_to, valid_from, valid_to FROM ended",
        cured.office.now(),
        center,
        BEARER,
    )
    return cured, center, amount


def test_without_a_rule_of_the_pair_the_lines_wait(lent: tuple[Rehearsal, str, int]) -> None:
    """No account is guessed, and every other line of DE01 is booked."""
    made, center, _ = lent
    made.build_units("expense")
    told = [
        row for row in made.exceptions("intercompany_missing", still_open=True)
        if row["entity"] == PAYER
    ]  # fmt: skip
    assert told
    assert center in told[0]["title"]
    assert "Add a row for the pair" in told[0]["next_step"]
    faces = booked([one for one in journals(made) if one.key.entity == PAYER])
    assert center not in {face[1] for face in faces}
    assert_every_line_ended_once(made)


def test_with_a_rule_both_entities_book_their_leg_in_one_pair(
    lent: tuple[Rehearsal, str, int],
) -> None:
    """Both controllers rely on it: the claim here is the debt there, and they go together."""
    made, center, amount = lent
    made.propose_and_approve(
        "intercompany",
        {"paying_entity": PAYER, "bearing_entity": BEARER, "due_from_account": "1320",
         "due_to_account": "2460"},
    )  # fmt: skip
    made.build_units("expense")
    found = {(one.key.entity, one.key.kind.value): one for one in journals(made)}
    paid, borne = found[PAYER, "expense"], found[BEARER, "intercompany"]
    assert center not in {line.cost_center for line in paid.lines}
    assert {line.cost_center for line in borne.lines} == {center, ""}
    claim = sum(x.amount_minor for x in paid.lines if "due_from" in x.component_class)
    debt = sum(x.amount_minor for x in borne.lines if "due_to" in x.component_class)
    assert (claim, debt) == (amount, -amount)
    assert paid.ties.pair == borne.ties.pair == paid.external_id
    assert_every_line_ended_once(made)
    made.build_units("expense")
    assert journals(made) == [one for _, one in sorted(
        found.items(), key=lambda item: (item[0][1], item[0][0])
    )]  # fmt: skip
