"""Whether a journal may be sent now, and what an unclear attempt became."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tieout.finance.comparison import Difference
from tieout.finance.windows import PostingWindow
from tieout.stages.post.decide import MARGIN, Readiness, resolve_unclear, why_not

OPENS = datetime(2026, 11, 2, 7, tzinfo=UTC)
CLOSES = datetime(2026, 11, 6, 17, tzinfo=UTC)
READY = Readiness(
    approved=True,
    inputs_current=True,
    frozen_reason="",
    window=PostingWindow(OPENS, CLOSES),
    period_open=True,
    period="2026-10",
)
TICK = timedelta(microseconds=1)
LONGEST = 900


@pytest.mark.parametrize("at", [OPENS, OPENS + timedelta(hours=1), CLOSES - TICK])
def test_an_approved_journal_posts_while_its_window_is_open(at: datetime) -> None:
    """Every fact is in order: nothing stands against it."""
    assert why_not(READY, at) == ""


def test_outside_its_window_a_journal_is_queued_and_says_until_when() -> None:
    """Approved on Sunday, posted on Monday at eight."""
    assert why_not(READY, OPENS - TICK) == "queued until 2026-11-02 07:00Z"
    assert why_not(READY, CLOSES) == "its posting window closed 2026-11-06 17:00Z"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"approved": False}, "its approval is missing"),
        ({"inputs_current": False}, "a source document of it was replaced; it is built anew"),
        ({"frozen_reason": "audit"}, "posting of the entity is frozen: audit"),
        ({"period_open": False}, "ERP period 2026-10 is closed"),
    ],
)
def test_each_missing_fact_alone_stops_the_posting(facts: dict[str, object], said: str) -> None:
    """Whatever the state of a task says."""
    assert why_not(replace(READY, **facts), OPENS) == said  # type: ignore[arg-type]


def test_the_reason_told_is_the_one_that_must_be_cured_first() -> None:
    """A replaced input voids the approval; waiting for the window would be a false hope."""
    worst = replace(
        READY, approved=False, inputs_current=False, frozen_reason="x", period_open=False
    )
    assert why_not(worst, OPENS - TICK).startswith("a source document")
    assert why_not(replace(worst, inputs_current=True), OPENS - TICK) == "its approval is missing"


@pytest.mark.parametrize(
    ("differences", "became"), [([], "posted"), ([Difference("date", "a", "b", 1)], "different")]
)
def test_what_is_found_in_the_ledger_is_posted_or_another_content(
    differences: list[Difference], became: str
) -> None:
    """However early it is looked up: the ledger is the record."""
    for at in (OPENS, OPENS + timedelta(days=1)):
        found = resolve_unclear(
            found=True, differences=differences, sent_at=OPENS, at=at, longest_run=LONGEST
        )
        assert found == became


@pytest.mark.parametrize(
    ("waited", "became"),
    [
        (timedelta(0), "unclear"),
        (timedelta(seconds=LONGEST), "unclear"),
        (timedelta(seconds=LONGEST) + MARGIN - TICK, "unclear"),
        (timedelta(seconds=LONGEST) + MARGIN, "absent"),
    ],
)
def test_absent_is_believed_only_after_the_ledgers_longest_run(
    waited: timedelta, became: str
) -> None:
    """A request that still runs would appear a moment later: that is how money is doubled."""
    found = resolve_unclear(
        found=False, differences=[], sent_at=OPENS, at=OPENS + waited, longest_run=LONGEST
    )
    assert found == became
