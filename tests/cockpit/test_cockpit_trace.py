"""From any id to the whole chain, and no person beside an amount."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.cockpit.conftest import As
from tests.cockpit.seeding import PERIOD, Month

LEGS = [
    "expense_approval", "route", "batch", "run", "journal", "journal_approval", "posting",
    "ledger", "tie_out",
]  # fmt: skip


@pytest.mark.promise("S81")
def test_one_id_brings_back_approval_run_journal_and_erp_id(as_user: As, month: Month) -> None:
    """The auditor relies on it: whatever id is at hand leads to the whole chain."""
    browser = as_user("auditor")
    correlation = browser.get(f"/tieout/api/journals/{month.expense}").json()["correlation_id"]
    asked = {
        month.expense: "journal",
        "90418": "ledger entry",
        "JE90418": "ledger entry",
        "ER-1042": "report",
        f"DE01-payroll-{PERIOD}-1": "batch",
        f"concur:DE01:{PERIOD}": "unit",
        correlation: "correlation id",
    }
    for wanted, kind in asked.items():
        found = browser.get(f"/tieout/api/trace/{wanted}").json()
        assert found["kind"] == kind, wanted
        assert [leg["leg"] for leg in found["legs"]] == LEGS
        texts = {leg["leg"]: leg["text"] for leg in found["legs"]}
        assert texts["expense_approval"] == "2026-10-19T09:00:00Z", wanted
        assert texts["batch"] == f"DE01-payroll-{PERIOD}-1"
        assert texts["run"] == f"concur:DE01:{PERIOD}"
        assert texts["journal"] == month.expense
        assert texts["journal_approval"] == "controller"
        assert texts["ledger"] == "90418"
        assert texts["tie_out"] == "DE01 tied"


def test_a_document_and_a_run_lead_to_their_journal(as_user: As, month: Month) -> None:
    """Finance operations rely on it: from the file in hand to the ledger."""
    browser = as_user("finance_ops")
    for wanted in (month.document, "RUN-DE01", "de-datev-DE01.txt", f"DE01|de-datev|{PERIOD}"):
        found = browser.get(f"/tieout/api/trace/{wanted}").json()
        assert month.tied in [journal["external_id"] for journal in found["journals"]], wanted


def test_what_has_not_happened_yet_is_said(as_user: As, month: Month) -> None:
    """Who waits relies on it."""
    found = as_user("finance_ops").get(f"/tieout/api/trace/{month.waiting}").json()
    texts = {leg["leg"]: leg["text"] for leg in found["legs"]}
    assert [texts[leg] for leg in ("journal_approval", "posting", "ledger")] == ["not yet"] * 3


def test_a_trace_shows_class_sums_that_balance_and_no_person(as_user: As, month: Month) -> None:
    """Employees rely on it."""
    answer = as_user("auditor").get("/tieout/api/trace/ER-1042")
    assert "E-1" not in answer.text.replace("ER-1042", "")
    assert "265.44" not in answer.json()["reports"][0].values()
    journal = answer.json()["journals"][0]
    sums = {row["component_class"]: (row["debit"], row["credit"]) for row in journal["classes"]}
    assert sums == {"wages": ("139375.50", "0.00"), "clearing": ("0.00", "139375.50")}


def test_a_journal_says_why_it_can_not_post(as_user: As, month: Month) -> None:
    """The controller relies on it: the same reasons by which posting itself decides."""
    browser = as_user("controller")
    waiting = browser.get(f"/tieout/api/journals/{month.waiting}").json()
    assert waiting["cannot_post"] == "its approval is missing"
    assert (waiting["approvals"], waiting["approvals_needed"]) == ([], 1)
    assert waiting["window"]["open"] is True
    posted = browser.get(f"/tieout/api/journals/{month.tied}").json()
    assert posted["cannot_post"] == ""
    assert [row["outcome"] for row in posted["attempts"]] == ["posted"]
    assert [row["decided_by"] for row in posted["approvals"]] == ["controller"]
    assert posted["lineage"] == {"document_count": 1, "link_count": 3, "source_line_count": 7}
    assert [row["to_state"] for row in posted["history"]][-1] == posted["state"] == "tied_out"
    debit = sum(Decimal(line["debit"] or 0) for line in posted["lines"])
    assert str(debit) == posted["debit"]
