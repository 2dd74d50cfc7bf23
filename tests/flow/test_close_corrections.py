"""A corrected pay run after posting: taken back and booked anew, or the difference alone."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.builders.invariants import assert_every_line_ended_once
from tests.builders.kinds import booked
from tests.builders.office import MONTH, Rehearsal, names_of
from tieout.finance.journals import Journal
from tieout.finance.stored import journal_from_json

ENTITY, BUREAU = "SE01", "se-sie"
MORE = Decimal("10.00")


def deliver_again(made: Rehearsal) -> None:
    """The bureau sends the run once more: one cost and its net pay are 10.00 higher."""
    folder = made.home / "drop" / BUREAU
    path = max(folder.glob("*_corrected.si"))
    manifest = json.loads(Path(f"{path}.manifest.json").read_text(encoding="utf-8"))
    text = path.read_bytes().decode("cp437")
    debit = re.search(r"(#TRANS 7\d+ \{[^}]*\} )(\d+\.\d\d)", text)
    credit = re.search(r"(#TRANS 2\d+ \{[^}]*\} )-(\d+\.\d\d)", text)
    assert debit is not None
    assert credit is not None
    for found, sign in ((debit, ""), (credit, "-")):
        changed = f"{found[1]}{sign}{Decimal(found[2]) + MORE}"
        text = text.replace(found[0], changed, 1)
    content = text.encode("cp437")
    again = folder / path.name.replace("_corrected", "_again")
    again.write_bytes(content)
    manifest |= {
        "file": again.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "debit": str(Decimal(manifest["debit"]) + MORE),
        "credit": str(Decimal(manifest["credit"]) + MORE),
    }
    Path(f"{again}.manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def journals(made: Rehearsal) -> list[Journal]:
    """What stands for the run, the oldest first."""
    rows = made.rows(
        "SELECT content FROM journal WHERE entity = %s AND kind IN ('payroll', 'correction')"
        " AND state <> 'superseded' ORDER BY journal_id",
        ENTITY,
    )
    return [journal_from_json(row["content"]) for row in rows]


def in_ledger(made: Rehearsal, journal: Journal) -> list[dict[str, Any]]:
    """What the ERP holds under a journal's external id."""
    shown = made.ledger_journals(ENTITY)
    return [each for each in shown if each["externalId"] == journal.external_id]


def bring_into_the_ledger(made: Rehearsal) -> None:
    """Build, ask, post and tie out."""
    made.build_units("payroll", holder="close:2")
    made.answer(ENTITY, key="close/again")
    assert set(made.post(ENTITY, "close:2").values()) == {"read_back"}
    made.tie_out(ENTITY)


def test_a_corrected_run_takes_the_posted_one_back_and_books_anew(tied: Rehearsal) -> None:
    """The auditor relies on it: three journals in the ledger, the first as it was posted."""
    (first,) = journals(tied)
    before = [
        each for each in tied.ledger_journals(ENTITY) if each["externalId"] == first.external_id
    ]
    deliver_again(tied)
    bring_into_the_ledger(tied)
    original, reversal, rebooked = journals(tied)
    assert original == first
    after = [
        each for each in tied.ledger_journals(ENTITY) if each["externalId"] == first.external_id
    ]
    assert after == before
    assert reversal.ties.reverses == rebooked.ties.supersedes == first.external_id
    assert reversal.ties.pair == rebooked.ties.pair
    assert booked([original, reversal]) == {}
    assert rebooked.debit_minor == original.debit_minor + 10_00
    assert {original.correlation_id} == {one.correlation_id for one in (reversal, rebooked)}
    assert tied.states(ENTITY)[first.external_id] == "reversed"
    assert tied.tie_out(ENTITY).state == "tied"
    assert_every_line_ended_once(tied)


def test_a_second_run_after_the_correction_changes_nothing(tied: Rehearsal) -> None:
    """The ledger relies on it: a run is taken back once."""
    deliver_again(tied)
    bring_into_the_ledger(tied)
    before = tied.ledger_journals(ENTITY)
    tied.build_units("payroll", holder="close:3")
    assert tied.ask(ENTITY) is None
    tied.post(ENTITY, "close:3")
    assert tied.ledger_journals(ENTITY) == before
    assert len(journals(tied)) == 3


@pytest.mark.promise("S5")
def test_where_policy_says_delta_only_the_difference_is_booked(tied: Rehearsal) -> None:
    """The controller relies on it: original untouched, one journal of 10.00, totals corrected."""
    tied.propose_and_approve(
        "posting",
        {"scope": f"entity:{ENTITY}", "journal_kind": "payroll", "holding": "run",
         "small_group_k": "1", "tolerance_minor": "0", "corrections": "delta"},
    )  # fmt: skip
    (first,) = journals(tied)
    deliver_again(tied)
    bring_into_the_ledger(tied)
    original, difference = journals(tied)
    assert original == first
    assert difference.debit_minor == 10_00
    assert sorted(line.amount_minor for line in difference.lines) == [-10_00, 10_00]
    assert difference.ties.reverses == ""
    assert tied.states(ENTITY)[first.external_id] == "tied_out"
    assert tied.tie_out(ENTITY).state == "tied"
    assert names_of(tied.ledger_journals(ENTITY)).count(first.external_id) == 1
    assert_every_line_ended_once(tied)


def test_in_a_closed_period_the_correction_is_booked_in_the_next_open_one(
    tied: Rehearsal,
) -> None:
    """Period end relies on it: October stays closed, and November says what it corrects."""
    (first,) = journals(tied)
    deliver_again(tied)
    tied.clerk("netsuite/period", id="320", closed=True)
    tied.jump(timedelta(minutes=5))
    tied.read_master_data()
    tied.build_units("payroll", holder="close:2")
    _, reversal, rebooked = journals(tied)
    assert {one.key.period for one in (reversal, rebooked)} == {"2026-11"}
    assert first.key.period == MONTH
    assert booked([first, reversal]) == {}
