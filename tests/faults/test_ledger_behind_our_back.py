"""The ledger is changed behind our back; the next comparison names it, whatever kind it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest

from tests.builders.office import Rehearsal

ENTITY = "UK01"


def pay_run(made: Rehearsal) -> dict[str, Any]:
    """The entity's pay run as the ERP holds it."""
    return next(e for e in made.ledger_journals(ENTITY) if "-PAY-" in str(e["externalId"]))


def costs(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Debit lines with a cost center, the largest first."""
    found = [line for line in entry["lines"] if line["debit"] and line["department"]]
    return sorted(found, key=lambda line: -Decimal(line["debit"]))


def edit(made: Rehearsal, entry: dict[str, Any], line: dict[str, Any], **stated: str) -> None:
    """The clerk edits one line."""
    made.clerk("netsuite/clerk/edit-line", id=entry["id"], line=line["line"], **stated)


def amount(made: Rehearsal, entry: dict[str, Any]) -> None:
    """One penny more on a cost, and on its counterpart."""
    line = costs(entry)[0]
    edit(made, entry, line, amount=str(Decimal(line["debit"]) + Decimal("0.01")))


def account(made: Rehearsal, entry: dict[str, Any]) -> None:
    """A cost on another account."""
    edit(made, entry, costs(entry)[0], account="7900")


def cost_center(made: Rehearsal, entry: dict[str, Any]) -> None:
    """A cost on another cost center."""
    first = costs(entry)[0]
    other = next(each for each in costs(entry) if each["department"] != first["department"])
    edit(made, entry, first, department=other["department"])


def swap(made: Rehearsal, entry: dict[str, Any]) -> None:
    """Two lines exchange their accounts; every total of the journal stays."""
    first = costs(entry)[0]
    other = next(each for each in costs(entry) if each["account"] != first["account"])
    edit(made, entry, first, account=other["account"])
    edit(made, entry, other, account=first["account"])


@pytest.mark.parametrize("change", [amount, account, cost_center, swap])
def test_a_change_by_hand_is_named_by_line_and_cured_when_it_is_undone(
    tied: Rehearsal, change: Callable[[Rehearsal, dict[str, Any]], None]
) -> None:
    """F40. Sign-off relies on it: also what keeps every total is seen, and seen in one run."""
    entry = pay_run(tied)
    change(tied, entry)
    result = tied.tie_out(ENTITY)
    assert (result.state, result.drifts) == ("open", 1)
    drifts = tied.rows(
        "SELECT kind, expected, found FROM drift WHERE external_id = %s", entry["externalId"]
    )
    assert {row["kind"] for row in drifts} == {"line_changed"}
    assert all(row["expected"] != row["found"] for row in drifts)
    (told,) = tied.exceptions("ledger_drift", still_open=True)
    assert told["object_key"] == entry["externalId"]
    tied.clerk("netsuite/clerk/restore", id=entry["id"])
    assert tied.tie_out(ENTITY).state == "tied"
    assert tied.exceptions("ledger_drift", still_open=True) == []


def in_the_erps_store(made: Rehearsal, *statements: str, **values: object) -> None:
    """Change the ERP's own file, past every interface."""
    path = made.home / "sandbox" / "state" / "netsuite.sqlite"
    with closing(sqlite3.connect(path, timeout=30)) as store, store:
        for statement in statements:
            store.execute(statement, values)


def test_a_deleted_journal_is_missed_and_never_sent_again_by_itself(tied: Rehearsal) -> None:
    """F40, F42. The controller relies on it: a gap is told; filling it needs a person."""
    entry = pay_run(tied)
    in_the_erps_store(
        tied,
        'DELETE FROM leg WHERE "transaction" = :id',
        "DELETE FROM ledger WHERE id = :id",
        id=int(entry["id"]),
    )
    result = tied.tie_out(ENTITY)
    assert (result.state, result.drifts) == ("open", 1)
    (drift,) = tied.rows("SELECT * FROM drift WHERE external_id = %s", entry["externalId"])
    assert drift["kind"] == "missing"
    assert drift["amount_minor"] > 0
    assert tied.post(ENTITY) == {}
    assert len(tied.ledger_journals(ENTITY)) == 1


@pytest.mark.promise("S14")
def test_a_manual_journal_on_an_account_that_is_ours_alone_is_named(tied: Rehearsal) -> None:
    """The controller relies on it: nobody books beside the close without being seen."""
    owned = tied.rows(
        "SELECT content ->> 'account' AS account FROM mapping_row WHERE table_name = 'control'"
        " AND content ->> 'entity' = %s AND content ->> 'control' = 'exclusive' ORDER BY 1",
        ENTITY,
    )
    account_number = owned[0]["account"]
    made = tied.clerk(
        "netsuite/journal",
        subsidiary=ENTITY,
        period="320",
        date="2026-10-31",
        memo="Ad hoc",
        lines=[
            {"account": account_number, "debit": "250.00"},
            {"account": account_number, "credit": "250.00"},
        ],
    )
    result = tied.tie_out(ENTITY)
    assert result.foreign == 1
    (told,) = tied.exceptions("foreign_journal", still_open=True)
    assert (told["entity"], told["at_risk_minor"], told["cause_key"]) == (
        ENTITY, 50_000, made["id"],
    )  # fmt: skip
    # Every journal of ours was approved by a recorded act, and none needed another channel.
    acts = tied.rows("SELECT DISTINCT decided_by, decision FROM approval")
    assert acts == [{"decided_by": "controller", "decision": "approved"}]
