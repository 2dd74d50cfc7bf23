"""The seven troubles of the month: each is told, ends as designed, and moves no cent."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.builders.checkpoints import ENTITIES, account_of, cure, successor_of
from tests.builders.invariants import assert_every_line_ended_once, assert_invariants
from tests.builders.office import MORNING, WINDOWS_OPEN, Rehearsal, names_of
from tests.harness.company import Seeds, cutoff_of


def one(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The only row."""
    (row,) = rows
    return row


def in_business_words(told: dict[str, Any]) -> bool:
    """Whether an exception says whose it is, what it blocks, how much, and what to do."""
    return all(told[name] for name in ("title", "blocks", "next_step", "owner_role", "opened_at"))


# ---------------------------------------------------------------- 1 a file that comes twice


def test_a_file_that_comes_twice_under_another_name_is_one_document(cured: Rehearsal) -> None:
    """The controller relies on it: the bytes tell a duplicate, not the name."""
    trouble = cured.troubles["duplicate_file"]
    first, second = trouble["names"]
    deliveries = cured.rows(
        "SELECT name, duplicate, sha256 FROM document_delivery WHERE provider = %s ORDER BY id",
        trouble["provider"],
    )
    assert [(row["name"], row["duplicate"]) for row in deliveries] == [
        (first, False),
        (second, True),
    ]
    assert len({row["sha256"] for row in deliveries}) == 1
    told = one(cured.exceptions("document_duplicate"))
    assert second in told["title"]
    assert first in told["title"]
    assert (told["state"], told["closed_how"]) == ("closed", "repeated delivery, no effect")
    journals = cured.rows(
        "SELECT revision FROM journal WHERE entity = %s AND kind = 'payroll'", trouble["entity"]
    )
    assert [row["revision"] for row in journals] == [1]


def test_files_that_are_delivered_again_and_again_change_nothing(cured: Rehearsal) -> None:
    """Operations rely on it: a bureau that sends twice is no incident."""
    for _ in range(2):
        cured.clerk("drop/deliver", delivery="duplicate", again=True)
        cured.clerk("drop/deliver", delivery="initial", again=True)
        assert not any(cured.build_units("payroll"))
    assert one(cured.exceptions("document_duplicate"))["state"] == "closed"


@pytest.mark.promise("S3")
def test_a_report_that_is_delivered_three_times_is_booked_and_repaid_once(
    cured: Rehearsal,
) -> None:
    """The employee and the controller rely on it: a new document id makes no second claim."""
    repaid = one(cured.rows("SELECT * FROM expense_item WHERE batch_key IS NOT NULL LIMIT 1"))
    report = repaid["report_ref"]
    content = next(
        item["content"]
        for item in json.loads(
            (cured.home / "sandbox" / "seed" / "concur.json").read_text(encoding="utf-8")
        )["documents"]
        if item["content"]["document"]["report"]["reportNumber"] == report
    )
    before = cured.rows("SELECT batch_key, total_minor FROM reimbursement_batch ORDER BY 1")
    booked = cured.states(repaid["entity"])
    for number in (2, 3):
        again = content | {"id": f"{number:032x}"}
        cured.clerk("concur/approve", content=again, approved_at=MORNING.isoformat())
        cured.build_units()
    cured.clock.jump_to(datetime(2026, 11, 25, tzinfo=UTC))
    cured.build_units()
    told = cured.exceptions("report_revised", still_open=True)
    assert {row["entity"] for row in told} == {repaid["entity"]}
    assert all(in_business_words(row) for row in told)
    items = cured.rows("SELECT document FROM expense_item WHERE report_ref = %s", report)
    assert {row["document"] for row in items} == {repaid["document"]}
    after = cured.rows("SELECT batch_key, total_minor FROM reimbursement_batch ORDER BY 1")
    assert [row for row in after if row["batch_key"].endswith("2026-10-1")] == before
    assert cured.states(repaid["entity"]) == booked
    assert_every_line_ended_once(cured)


# ---------------------------------------------------------------- 2 a control total


def test_a_cut_file_holds_its_run_alone_and_says_both_sums(built: Rehearsal) -> None:
    """Finance relies on it: nothing of a short file is built, and every other run goes on."""
    trouble = built.troubles["control_mismatch"]
    entity = trouble["entity"]
    told = one(built.exceptions("control_total_mismatch", still_open=True))
    _, manifest = Seeds(built.home).delivery(entity, whole=False)
    stated, read = told["title"].split("read")
    for total in ("line_count", "debit"):
        assert str(manifest[total]) in stated, total
        assert str(manifest[total]) not in read, total
    assert (told["entity"], told["severity"]) == (entity, "critical")
    assert in_business_words(told)
    assert told["at_risk_minor"] > 0
    assert told["due_at"] is not None
    pay_runs = built.rows("SELECT entity FROM journal WHERE kind = 'payroll' ORDER BY entity")
    assert entity not in {row["entity"] for row in pay_runs}
    # The new type and the closed center hold lines of others, not this run.
    assert {"JP01", "UK01", "US01"} <= {row["entity"] for row in pay_runs}
    assert_every_line_ended_once(built)


def test_the_corrected_file_takes_the_place_of_the_cut_one(cured: Rehearsal) -> None:
    """Finance relies on it: the business key finds the first delivery; its lines are not booked."""
    trouble = cured.troubles["control_mismatch"]
    entity = trouble["entity"]
    assert one(cured.exceptions("control_total_mismatch"))["state"] == "closed"
    assert one(cured.exceptions("document_redelivered"))["state"] == "closed"
    documents = cured.rows(
        "SELECT document.name, member.superseded_by, part.state, part.reason,"
        " sum(part.line_count) AS n FROM unit_document AS member"
        " INNER JOIN source_document AS document USING (sha256)"
        " INNER JOIN disposition AS part ON part.document = document.sha256"
        " WHERE document.provider = %s GROUP BY 1, 2, 3, 4 ORDER BY document.name",
        trouble["provider"],
    )
    cut = one([row for row in documents if row["superseded_by"]])
    assert cut["name"] == trouble["name"]
    assert cut["state"] == "excluded"
    assert cut["reason"].startswith("rule:replaced_by_")
    whole = [row for row in documents if not row["superseded_by"]]
    assert "built" in {row["state"] for row in whole}
    _, manifest = Seeds(cured.home).delivery(entity)
    assert sum(row["n"] for row in whole) == manifest["line_count"]


# ---------------------------------------------------------------- 3 a closed cost center


def test_a_closed_cost_center_holds_what_stands_on_it_until_it_has_a_successor(
    built: Rehearsal,
) -> None:
    """Cost center owners rely on it: nothing is booked on a closed one, nothing on a guess."""
    trouble = built.troubles["closed_cost_center"]
    told = built.exceptions("cost_center_closed", still_open=True)
    assert {row["entity"] for row in told} == {trouble["entity"]}
    assert all(trouble["code"] in row["title"] for row in told)
    assert all(in_business_words(row) and row["at_risk_minor"] > 0 for row in told)
    # The whole pay run waits by policy, of expenses only the entries that stand on it.
    kinds = built.rows("SELECT kind FROM journal WHERE entity = %s", trouble["entity"])
    assert [row["kind"] for row in kinds] == ["expense"]
    assert not lines_on(built, trouble["code"])
    built.propose_and_approve("successors", successor_of(trouble))
    built.build_units()
    assert built.exceptions("cost_center_closed", still_open=True) == []
    assert not lines_on(built, trouble["code"])
    assert lines_on(built, trouble["successor"]) > 0
    assert_every_line_ended_once(built)


def lines_on(made: Rehearsal, cost_center: str) -> int:
    """Lines of current journals on a cost center."""
    found = made.rows(
        "SELECT count(*) AS n FROM journal_line INNER JOIN journal USING (external_id)"
        " WHERE cost_center = %s AND state <> 'superseded'",
        cost_center,
    )
    return int(one(found)["n"])


# ---------------------------------------------------------------- 4 a type without mapping


@pytest.mark.promise("S10")
@pytest.mark.promise("S51")
def test_a_new_expense_type_is_held_alone_and_posts_later_alone(built: Rehearsal) -> None:
    """Finance relies on it: the month goes on without it, and the cure books it alone."""
    trouble = built.troubles["unmapped_expense_type"]
    entity = trouble["entity"]
    told = one(
        [
            row
            for row in built.exceptions("account_unmapped", still_open=True)
            if trouble["code"] in row["title"]
        ]
    )
    assert (told["entity"], told["batch"]) == (entity, "concur:concur-2026-10")
    assert in_business_words(told)
    assert told["at_risk_minor"] > 0
    held = built.rows(
        "SELECT document, lines_of_ranges(source_lines) AS source_lines FROM disposition"
        " WHERE state = 'held' AND reason LIKE %s",
        "account_unmapped|%",
    )
    assert sum(len(row["source_lines"]) for row in held) == told["item_count"]
    built.clock.jump_to(WINDOWS_OPEN)
    built.answer(entity)
    built.post(entity)
    first = names_of(built.ledger_journals(entity))
    built.propose_and_approve("accounts", account_of(trouble))
    built.build_units()
    assert built.exceptions("account_unmapped", still_open=True) == []
    want = built.ask(entity)
    assert want is not None
    ((later, _),) = want.journals
    carried = built.rows(
        "SELECT document, lines_of_ranges(source_lines) AS source_lines FROM disposition"
        " WHERE external_id = %s",
        later,
    )
    waiting = {(row["document"], line) for row in held for line in row["source_lines"]}
    booked = {(row["document"], line) for row in carried for line in row["source_lines"]}
    assert waiting <= booked
    assert {document for document, _ in booked} == {document for document, _ in waiting}
    built.answer(entity)
    built.post(entity)
    assert names_of(built.ledger_journals(entity)) == sorted([*first, later])
    assert_invariants(built, entities=(entity,))


# ---------------------------------------------------------------- 5 an approval after the cutoff


@pytest.mark.promise("S38")
def test_a_late_approval_keeps_its_cost_in_the_month_and_rides_with_the_next_pay_run(
    cured: Rehearsal,
) -> None:
    """The employee and the closing accountant rely on it: the refund is late, the cost is not."""
    trouble = cured.troubles["late_approval"]
    entity = trouble["entity"]
    items = cured.rows(
        "SELECT * FROM expense_item WHERE report_ref = %s ORDER BY line_no", trouble["report_ref"]
    )
    approved_at = datetime.fromisoformat(trouble["approved_at"])
    assert {row["approved_at"].replace(microsecond=0) for row in items} == {approved_at}
    assert approved_at > cutoff_of(entity)
    told = one(
        [row for row in cured.exceptions("cutoff_missed") if trouble["report_ref"] in row["title"]]
    )
    assert told["closed_how"] == "carried over to the payroll of 2026-11"
    assert (told["entity"], told["period"], told["batch"]) == (entity, "2026-10", "2026-11")
    assert {row["batch_key"] for row in items if row["route"] == "payroll"} == {None}
    late = {(row["document"], row["line_no"]) for row in items}
    journals = cured.rows(
        "SELECT part.document, line, journal.period FROM disposition AS part"
        " INNER JOIN journal USING (external_id)"
        " CROSS JOIN unnest(lines_of_ranges(part.source_lines)) AS line"
        " WHERE part.document = any(%s)",
        list({row["document"] for row in items}),
    )
    assert late <= {(row["document"], row["line"]) for row in journals}
    assert {row["period"] for row in journals} == {"2026-10"}


def test_what_missed_a_cutoff_is_in_the_next_batch_once_its_own_cutoff_has_passed(
    cured: Rehearsal,
) -> None:
    """The employee relies on it: carried over is not forgotten."""
    trouble = cured.troubles["late_approval"]
    entity = trouble["entity"]
    late = cured.rows(
        "SELECT sum(amount_minor) AS total FROM expense_item"
        " WHERE report_ref = %s AND route = 'payroll'",
        trouble["report_ref"],
    )
    assert one(late)["total"] > 0
    cured.clock.jump_to(datetime(2026, 11, 25, tzinfo=UTC))
    cured.build_units("expense")
    found = cured.rows(
        "SELECT item.report_ref, batch.period, batch.state FROM expense_item AS item"
        " INNER JOIN reimbursement_batch AS batch USING (batch_key)"
        " WHERE item.entity = %s AND item.report_ref = %s",
        entity, trouble["report_ref"],
    )  # fmt: skip
    assert {(row["period"], row["state"]) for row in found} == {("2026-11", "handed_over")}


# ---------------------------------------------------------------- 6 a lost answer


def test_a_journal_whose_answer_is_lost_is_looked_up_and_never_sent_again(
    approved: Rehearsal,
) -> None:
    """The controller relies on it: one approval, one journal in the ERP."""
    entity = approved.troubles["lost_answer"]["entity"]
    approved.erp("drop_after", match={"external_id": f"{entity}-*"})
    results = approved.post(entity)
    assert set(results.values()) == {"read_back"}
    lost = approved.rows(
        "SELECT external_id, answer FROM posting_attempt WHERE outcome = 'indeterminate'"
    )
    external_id = one(lost)["external_id"]
    assert approved.attempts(external_id) == [("indeterminate", "posted")]
    assert approved.steps(external_id)[-4:] == ["sending", "indeterminate", "posted", "read_back"]
    told = one(approved.exceptions("posting_unclear"))
    assert (told["state"], told["object_key"]) == ("closed", external_id)
    assert names_of(approved.ledger_journals(entity)) == sorted(results)
    assert approved.tie_out(entity).state == "tied"
    assert_invariants(approved, entities=(entity,))


# ---------------------------------------------------------------- 7 a hand in the ledger


def test_a_line_edited_by_hand_is_named_until_it_is_restored_and_both_stay_on_record(
    tied: Rehearsal,
) -> None:
    """Sign-off relies on it: a moved number reopens the close, names the line and its amount."""
    entity = tied.troubles["hand_edit"]["entity"]
    entry = next(each for each in tied.ledger_journals(entity) if "-PAY-" in each["externalId"])
    line = max(entry["lines"], key=lambda each: Decimal(each["debit"] or 0))
    was = Decimal(line["debit"])
    tied.clerk("netsuite/clerk/edit-line", id=entry["id"], line=line["line"], amount=str(was + 100))
    result = tied.tie_out(entity)
    assert (result.state, result.drifts) == ("open", 1)
    drifts = tied.rows(
        "SELECT * FROM drift WHERE external_id = %s ORDER BY id", entry["externalId"]
    )
    edited = one([row for row in drifts if f"debit {was + 100}" in row["found"]])
    assert (edited["kind"], edited["amount_minor"]) == ("line_changed", 10_000)
    assert f"{line['account']}/{line['department']}" in edited["expected"]
    assert f"debit {was}" in edited["expected"]
    told = one(tied.exceptions("ledger_drift", still_open=True))
    assert (told["entity"], told["object_key"]) == (entity, entry["externalId"])
    assert told["at_risk_minor"] >= 10_000
    assert tied.states(entity)[entry["externalId"]] == "drifted"
    tied.clerk("netsuite/clerk/restore", id=entry["id"])
    again = tied.tie_out(entity)
    assert (again.state, again.drifts) == ("tied", 0)
    runs = tied.rows("SELECT state FROM tie_out_run WHERE entity = %s ORDER BY id", entity)
    assert [row["state"] for row in runs] == ["tied", "open", "tied"]
    closes = tied.rows(
        "SELECT to_state FROM state_change WHERE object_kind = 'tie_out' AND object_key = %s"
        " ORDER BY id",
        f"{entity}|2026-10",
    )
    assert [row["to_state"] for row in closes] == ["tied", "reopened", "tied"]
    kept = tied.rows("SELECT cured_at FROM drift WHERE external_id = %s", entry["externalId"])
    assert all(row["cured_at"] is not None for row in kept)
    assert tied.exceptions("ledger_drift", still_open=True) == []
    assert_invariants(tied, entities=(entity,))


# ---------------------------------------------------------------- all of them


def test_after_the_cures_nothing_is_held_and_nothing_critical_is_open(built: Rehearsal) -> None:
    """The controller relies on it: what was told in the morning can be closed by noon."""
    cure(built)
    built.build_units()
    assert built.rows("SELECT * FROM disposition WHERE state = 'held'") == []
    still = built.rows(
        "SELECT code FROM open_exception WHERE state NOT IN ('closed', 'waived')"
        " AND severity = 'critical'"
    )
    assert still == []
    asked = {entity: built.ask(entity) for entity in ENTITIES}
    assert all(want is not None and len(want.journals) == 2 for want in asked.values())
    assert_every_line_ended_once(built)
