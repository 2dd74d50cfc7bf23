"""A cost on another entity's cost center: claim and debt in both books, or it waits for a rule."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.checkpoints import prepared_company
from tests.builders.inputs_folder import inputs_of
from tests.builders.invariants import assert_every_line_ended_once
from tests.builders.kinds import booked
from tests.builders.office import Rehearsal, rehearsing, set_up_office
from tests.harness.sources import ROOT
from tieout import cli
from tieout.finance.journals import Journal
from tieout.finance.stored import journal_from_json
from tieout.settings.mapping_files import write_mapping_files
from tieout.workflows.mapping_import import exported

PAYER, BEARER = "DE01", "SE01"
#: Lines that the ledger takes in one journal, where it takes few.
SHORT = 12


def journals(made: Rehearsal) -> list[Journal]:
    """What stands for both entities, from expenses."""
    rows = made.rows(
        "SELECT content FROM journal WHERE kind IN ('expense', 'intercompany')"
        " AND entity = ANY(%s) AND state <> 'superseded' ORDER BY kind, entity",
        [PAYER, BEARER],
    )
    return [journal_from_json(row["content"]) for row in rows]


def a_cost_center(made: Rehearsal) -> tuple[str, int]:
    """One that DE01's expenses use, and what is booked on it."""
    (own,) = [one for one in journals(made) if one.key.entity == PAYER]
    center = next(line.cost_center for line in own.lines if line.cost_center)
    return center, sum(line.amount_minor for line in own.lines if line.cost_center == center)


def lend(made: Rehearsal, center: str) -> None:
    """The ERP gives the cost center to SE01."""
    made.change(
        "WITH ended AS (UPDATE reference_object SET known_to = %s WHERE kind = 'cost_center'"
        " AND code = %s AND known_to = 'infinity' AND valid_to = 'infinity' RETURNING *)"
        " INSERT INTO reference_object (source, kind, code, ref, name, active, missing,"
        " parent_code, entities, fields, known_from, valid_from, valid_to)"
        " SELECT source, kind, code, ref, name, active, missing, parent_code, ARRAY[%s], fields,"
        " known_to, valid_from, valid_to FROM ended",
        made.office.now(),
        center,
        BEARER,
    )


@pytest.fixture
def lent(cured: Rehearsal) -> tuple[Rehearsal, str, int]:
    """DE01's cost center that is SE01's now: its code, and what DE01 booked on it."""
    center, amount = a_cost_center(cured)
    lend(cured, center)
    return cured, center, amount


@pytest.fixture
def fresh(
    built: Rehearsal, warehouse_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Rehearsal]:
    """The same company on an empty store; a cost center that DE01 uses is SE01's."""
    home = tmp_path / "fresh"
    center, _ = a_cost_center(built)
    home.mkdir()
    prepared_company(home)
    with rehearsing(home, warehouse_url, monkeypatch) as made:
        set_up_office(made)
        made.read_master_data()
        lend(made, center)
        yield made


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


def config_of(made: Rehearsal, folder: Path) -> Path:
    """Finance's files with the rules that the store holds."""
    shutil.copytree(ROOT / "include" / "config", folder)
    rules = folder.with_name("rules")
    write_mapping_files(rules, exported(made.office))
    shutil.copytree(rules, folder, dirs_exist_ok=True)
    return folder


@pytest.mark.timeout(300)
def test_a_folder_books_the_same_legs_and_parts(
    fresh: Rehearsal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The auditor relies on it: legs between entities and parts of a long journal, same bytes."""
    fresh.propose_and_approve(
        "intercompany",
        {"paying_entity": PAYER, "bearing_entity": BEARER, "due_from_account": "1320",
         "due_to_account": "2460"},
    )  # fmt: skip
    monkeypatch.setattr("tieout.adapters.netsuite.ledger.MOST_LINES", SHORT)
    fresh.build_units("expense")
    stored = fresh.rows("SELECT external_id, content FROM journal ORDER BY 1")
    made = [journal_from_json(row["content"]) for row in stored]
    assert {one.key.kind.value for one in made} == {"expense", "intercompany"}
    assert any(one.ties.parts > 1 for one in made)
    inputs = inputs_of(fresh, tmp_path / "inputs", journal_lines=SHORT)
    config = config_of(fresh, tmp_path / "config")
    stated = ("--inputs", inputs, "--config", config, "--out", tmp_path / "out")
    assert cli.main(["build", *map(str, stated)]) in {0, 2}
    files = {path.stem: path.read_text() for path in (tmp_path / "out" / "journals").iterdir()}
    assert files == {row["external_id"]: row["content"] for row in stored}
    again = ("--inputs", inputs, "--config", config, "--out", tmp_path / "out")
    assert cli.main(["verify", *map(str, again)]) == 0
