"""Reimbursement batches, and the pay run that must not repay more than it was given."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from tests.builders.invariants import assert_every_line_ended_once
from tests.builders.office import MONTH, PERIOD, Rehearsal
from tests.harness.company import (
    COMPONENT_CODED,
    ENTITIES,
    PROVIDERS,
    Seeds,
    account_rows,
    cutoff_of,
    parts_of,
    route_of,
    sums,
)
from tieout.finance.money import to_text
from tieout.workflows.status import report_booked


def handed_over(made: Rehearsal, entity: str) -> list[list[str]]:
    """The rows of the file that the bureau was given."""
    path = made.home / "handover" / entity / f"{entity}-payroll-{MONTH}-1.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def approved_in_time(seeds: Seeds, entity: str) -> dict[str, Decimal]:
    """Report → what the pay run shall repay, from the platform's own documents."""
    pairs = [
        (part.report, part.amount)
        for document in seeds.documents(entity)
        for part in parts_of(document)
        if route_of(entity, part)["route"] == "payroll" and part.approved_at <= cutoff_of(entity)
    ]
    return {report: total for report, total in sums(pairs).items() if total > 0}


@pytest.mark.promise("S17")
@pytest.mark.parametrize("entity", ENTITIES)
def test_a_batch_holds_what_was_approved_by_its_cutoff_and_states_its_totals(
    cured: Rehearsal, entity: str
) -> None:
    """The bureau and the employee rely on it: every report in time is in the file, none twice."""
    header, *lines, total = handed_over(cured, entity)
    assert header == ["record", "employee", "report", "pay_code", "amount", "currency"]
    wanted = approved_in_time(Seeds(cured.home), entity)
    assert sums((line[2], Decimal(line[4])) for line in lines) == wanted
    assert (total[0], int(total[3]), Decimal(total[4])) == (
        "total",
        len(lines),
        sum(wanted.values()),
    )
    # No fourth state: in a batch, carried over with its reason, repaid elsewhere, or owed to us.
    loose = cured.rows(
        "SELECT report_ref FROM expense_item WHERE entity = %s AND route = 'payroll'"
        " AND batch_key IS NULL GROUP BY report_key, report_ref HAVING sum(amount_minor) > 0",
        entity,
    )
    told = {row["object_key"] for row in cured.exceptions("cutoff_missed")}
    keys = cured.rows("SELECT DISTINCT report_ref, report_key FROM expense_item")
    by_ref = {row["report_ref"]: row["report_key"] for row in keys}
    assert {by_ref[row["report_ref"]] for row in loose} <= told


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_pay_run_is_the_read_back_of_its_batch(cured: Rehearsal, entity: str) -> None:
    """The employee relies on it: paid is what the register says was paid, to the cent."""
    (batch,) = cured.rows("SELECT * FROM reimbursement_batch WHERE entity = %s", entity)
    coding = "component" if entity in COMPONENT_CODED else "source_account"
    rows = account_rows(entity, PROVIDERS[entity], coding)
    paid = sum(
        line.amount
        for line in Seeds(cured.home).pay_lines(entity)
        if rows.get(line.code, {}).get("debit_account") == "2310"
    )
    assert Decimal(to_text(batch["total_minor"], batch["currency"])) == paid
    assert (batch["state"], batch["paid_minor"]) == ("settled", batch["total_minor"])
    items = cured.rows(
        "SELECT DISTINCT payment_state FROM expense_item WHERE batch_key = %s", batch["batch_key"]
    )
    assert [row["payment_state"] for row in items] == ["paid"]


def test_a_run_that_repays_more_than_it_was_given_is_held_with_the_excess(
    built: Rehearsal,
) -> None:
    """Finance relies on it: nobody is repaid what was never approved, and the amount is named."""
    entity = "SE01"
    built.change(
        "UPDATE reimbursement_batch SET total_minor = total_minor - 12345 WHERE entity = %s",
        entity,
    )
    built.clerk("drop/deliver", delivery="corrected")
    built.build_units()
    (told,) = built.exceptions("clearing_unexplained", still_open=True)
    assert "123.45 SEK" in f"{told['title']} {told['cause_key']}"
    assert told["entity"] == entity
    assert told["next_step"]
    runs = built.rows("SELECT * FROM journal WHERE entity = %s AND kind = 'payroll'", entity)
    assert runs == []
    (batch,) = built.rows("SELECT state FROM reimbursement_batch WHERE entity = %s", entity)
    assert batch["state"] == "handed_over"
    assert_every_line_ended_once(built)
    built.change(
        "UPDATE reimbursement_batch SET total_minor = total_minor + 12345 WHERE entity = %s",
        entity,
    )
    built.build_units()
    assert built.exceptions("clearing_unexplained", still_open=True) == []
    runs = built.rows("SELECT state FROM journal WHERE entity = %s AND kind = 'payroll'", entity)
    assert [row["state"] for row in runs] == ["awaiting_approval"]


def test_a_batch_is_cut_once_however_often_the_sweep_runs(cured: Rehearsal) -> None:
    """The bureau relies on it: one file per cutoff, its bytes never change."""
    before = {
        path.name: path.read_bytes() for path in sorted((cured.home / "handover").rglob("*.csv"))
    }
    assert len(before) == len(cured.rows("SELECT batch_key FROM reimbursement_batch"))
    cured.build_units("expense")
    after = {
        path.name: path.read_bytes() for path in sorted((cured.home / "handover").rglob("*.csv"))
    }
    assert after == before


def test_the_expense_platform_hears_of_what_the_ledger_holds_once(tied: Rehearsal) -> None:
    """The employee relies on it: a booked report is confirmed there, with the ERP's number."""
    told = report_booked(tied.office, PERIOD)
    documents = tied.hand.get("/concur/documents").json()
    assert told == len(documents) > 400
    postings = tied.hand.get("/concur/postings").json()
    assert report_booked(tied.office, PERIOD) == 0
    assert tied.hand.get("/concur/postings").json() == postings
    assert {header["status"] for header in documents} == {"POSTING_CONFIRMED_SUCCESS"}
