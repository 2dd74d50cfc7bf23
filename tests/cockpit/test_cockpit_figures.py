"""Figures are the store's, to the cent, and the same on the page and in the API."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.cockpit.conftest import As
from tests.cockpit.seeding import NOW, PERIOD, Month, SteadyClock, a_journal
from tieout.cockpit.board_read import board_of
from tieout.cockpit.figures import amount_text, as_finance_writes, local_text, time_left
from tieout.cockpit.masks import masked_lines
from tieout.cockpit.reading import Reader, reading
from tieout.errors import TieoutError
from tieout.finance.journals import JournalKind
from tieout.workflows.office import Office

EVERYWHERE = Reader("controller", ("*",))


def test_totals_are_the_positive_classes_of_the_newest_comparison(as_user: As) -> None:
    """The controller relies on it: source, journal and ledger side by side."""
    found = as_user("controller").get(f"/tieout/api/tie-out?period={PERIOD}").json()["entities"]
    by_entity = {row["entity"]: row for row in found}
    tied = by_entity["DE01"]
    assert [tied[name] for name in ("source", "journal", "ledger", "difference", "currency")] == [
        "278751.00", "278751.00", "278751.00", "0.00", "EUR",
    ]  # fmt: skip
    assert (tied["state"], tied["close_state"]) == ("tied", "tied")
    for name in ("source", "journal", "ledger"):
        positive = [Decimal(row[name]) for row in tied["classes"] if Decimal(row[name]) > 0]
        assert sum(positive) == Decimal(tied[name])


def test_the_failure_and_the_cure_both_stay_visible(as_user: As) -> None:
    """The auditor relies on it."""
    found = as_user("auditor").get(f"/tieout/api/tie-out?period={PERIOD}").json()["entities"]
    runs = next(row for row in found if row["entity"] == "DE01")["runs"]
    assert [(run["state"], run["differences"]) for run in runs] == [
        ("tied", [{"currency": "EUR", "difference": "0.00"}]),
        ("open", [{"currency": "EUR", "difference": "0.01"}]),
    ]


def test_before_a_comparison_the_ledger_is_missing_and_not_zero(as_user: As) -> None:
    """The controller relies on it: no data is a state of its own."""
    found = as_user("controller").get(f"/tieout/api/tie-out?period={PERIOD}").json()["entities"]
    waiting = next(row for row in found if row["entity"] == "UK01")
    assert (waiting["source"], waiting["journal"]) == ("139375.50", "139375.50")
    assert (waiting["ledger"], waiting["difference"]) == (None, None)
    assert waiting["state"] == "not_compared"
    empty = next(row for row in found if row["entity"] == "JP01")
    assert (empty["source"], empty["totals"]) == (None, [])


def test_lines_in_are_lines_that_ended(as_user: As) -> None:
    """Everybody relies on it: nothing is dropped without a word."""
    answer = as_user("auditor").get(f"/tieout/api/dispositions?period={PERIOD}").json()
    ends = ("built", "held", "excluded", "carried_over", "undisposed")
    for counts in (
        answer["totals"],
        *(row["totals"] for row in answer["providers"]),
        *(document for row in answer["providers"] for document in row["documents"]),
    ):
        assert counts["lines_in"] == sum(counts[end] for end in ends)
        assert counts["adds_up"] is True
    assert answer["totals"]["lines_in"] == 18
    assert answer["totals"]["held"] == 6
    parts = [row["totals"]["lines_in"] for row in answer["providers"]]
    assert sum(parts) == answer["totals"]["lines_in"]


def test_a_line_without_an_end_shows(as_user: As, office: Office) -> None:
    """The certificate would refuse it; the page must not hide it either."""
    browser = as_user("auditor")
    with office.warehouse.transaction() as work:
        unit_key = f"workday-uk:UK01:{PERIOD}"
        work.run("build", "forget_open_dispositions", unit_key=unit_key, states=["posted"])
    totals = browser.get(f"/tieout/api/dispositions?period={PERIOD}").json()["totals"]
    assert (totals["undisposed"], totals["adds_up"]) == (6, False)


def test_the_page_shows_the_figures_of_the_api(as_user: As) -> None:
    """The controller relies on it: one view, two channels."""
    browser = as_user("controller")
    board = browser.get(f"/tieout/api/board?period={PERIOD}").json()
    text = browser.get(f"/tieout/board?period={PERIOD}", accept="text/html").text
    for row in board["entities"]:
        part = text[text.index(f'id="{row["entity"]}"') :].split("</tbody>")[0]
        for total in row["totals"]:
            for name in ("source", "journal", "ledger", "difference"):
                shown = "–" if total[name] is None else f"{Decimal(total[name]):,}"
                assert shown in part, (row["entity"], name)
        for stage, cell in row["stages"].items():
            assert f"#shape-{cell['state']}" in part, (row["entity"], stage)
    heads = browser.get(f"/tieout/api/journals?period={PERIOD}").json()["journals"]
    for head in heads:
        assert head["external_id"] in text
        assert f"{Decimal(head['debit']):,}" in text


def test_the_board_counts_what_it_lists(as_user: As) -> None:
    """The summary and the rows come from one snapshot."""
    board = as_user("controller").get(f"/tieout/api/board?period={PERIOD}").json()
    summary, rows = board["summary"], board["entities"]
    assert summary["entities"] == len(rows) == 5
    assert summary["open_exceptions"] == sum(row["open_exceptions"] for row in rows) == 1
    for state in ("done", "blocked", "waiting", "unclear", "running", "not_due", "no_data"):
        assert summary[state] == sum(row["state"] == state for row in rows)
    assert summary["closed_today"] == 1


def test_nothing_can_be_written_while_reading(month: Month) -> None:
    """The auditor relies on it: looking changes nothing."""
    with pytest.raises(TieoutError), reading(month.office) as work:
        work.run(
            "exceptions", "set_exception_state", id=month.held_exception, state="closed",
            closed_at=NOW, closed_how="",
        )  # fmt: skip


def test_one_answer_is_one_snapshot(month: Month) -> None:
    """Rows, counts and totals of a page can't disagree, whoever writes meanwhile."""
    office = month.office
    with reading(office) as work:
        before = board_of(office, work, EVERYWHERE, PERIOD)
        with office.warehouse.transaction() as other:
            other.run(
                "exceptions", "set_exception_state", id=month.held_exception, state="closed",
                closed_at=NOW, closed_how="gone",
            )  # fmt: skip
        after = board_of(office, work, EVERYWHERE, PERIOD)
    assert len(before.open_exceptions) == len(after.open_exceptions) == 1


def test_due_times_count_down_in_the_zone_of_the_entity(as_user: As, month: Month) -> None:
    """Finance operations rely on it: overdue is said, not hidden."""
    board = as_user("finance_ops").get(f"/tieout/api/board?period={PERIOD}").json()
    row = next(row for row in board["entities"] if row["entity"] == "UK01")
    assert row["next_due"] == {
        "what": row["blocks"][0]["title"],
        "at": "2026-11-05T18:00:00Z",
        "overdue": False,
    }
    late = replace(month.office, clock=SteadyClock(NOW + timedelta(days=7)))
    with reading(late) as work:
        found = board_of(late, work, EVERYWHERE, PERIOD)
    due = next(row.due for row in found.entities if row.entity.code == "UK01")
    assert due is not None
    assert due.at < found.as_of


def test_small_groups_do_not_come_back_by_subtraction() -> None:
    """Employees rely on it: what is hidden stays hidden beside its class sum."""
    journal = a_journal("UK01", "GBP", JournalKind.PAYROLL, "b", smallest_group=2)
    lines = [
        {
            "line_number": line.number,
            "component_class": line.component_class,
            "people_count": line.people_count,
        }
        for line in journal.lines
    ]
    assert masked_lines(lines, "payroll", 1) == set()
    # Line 2 stands for two people; line 1 must hide with it, or the class sum tells line 2.
    assert masked_lines(lines, "payroll", 3) == {1, 2}
    assert masked_lines(lines, "expense", 3) == set()


def test_a_masked_amount_is_in_no_answer(office: Office, as_user: As, month: Month) -> None:
    """Employees rely on it: the policy's k reaches the API."""
    browser = as_user("controller")
    proposal = {
        "table": "posting",
        "content": {"scope": "entity:UK01", "journal_kind": "payroll", "small_group_k": "13",
                    "second_approval_above": "", "holding": "run", "tolerance_minor": "0"},
        "valid_from": "2026-10-01",
        "reason": "small teams",
    }  # fmt: skip
    identity = as_user("finance_ops").post("/tieout/api/mappings", proposal).json()["id"]
    assert browser.post(f"/tieout/api/mappings/{identity}/approve", {}).status_code == 200
    journal = browser.get(f"/tieout/api/journals/{month.waiting}").json()
    wages = [line for line in journal["lines"] if line["component_class"] == "wages"]
    assert [(line["debit"], line["masked"]) for line in wages] == [(None, True)] * 2
    assert "14375.50" not in browser.get(f"/tieout/api/journals/{month.waiting}").text


def test_amounts_and_instants_are_written_as_finance_writes_them() -> None:
    """Readers of pages rely on it."""
    assert as_finance_writes(-123_456_789, "EUR") == "\u22121,234,567.89"
    assert as_finance_writes(5_266_222, "JPY") == "5,266,222"
    assert as_finance_writes(1_005, "KWD") == "1.005"
    assert as_finance_writes(0, "USD") == "0.00"
    assert as_finance_writes(None, "USD") == as_finance_writes(1, "") == "\u2013"
    assert amount_text(-5, "EUR") == "-0.05"
    at = datetime(2026, 11, 2, 23, 5, tzinfo=UTC)
    assert local_text(at, "Asia/Tokyo") == "3 Nov 08:05 JST"
    assert time_left(at, at - timedelta(hours=2, minutes=28)) == "2 h 28 min"
    assert time_left(at, at + timedelta(seconds=1)) == "overdue"


def test_a_page_for_fifty_entities_would_stay_small(as_user: As) -> None:
    """Who closes from a train relies on it: 15 kB compressed for fifty entities."""
    import gzip

    text = as_user("controller").get(f"/tieout/board?period={PERIOD}", accept="text/html").text
    blocks = re.findall(r'<tbody role="rowgroup" id="\w+">.*?</tbody>', text, re.DOTALL)
    assert len(blocks) == 5
    assert len(gzip.compress((text + "".join(blocks * 9)).encode())) < 15_000
