"""How exceptions become causes: grouped, deduplicated, and silent about few people's pay."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.reported_month import AT, UNIT, an_entity
from tieout.finance.company import Company
from tieout.reports import facts as of
from tieout.workflows.report_causes import causes_of

KINDS = {UNIT: "payroll", "concur:1": "expense"}


class _Office:
    """The entities that are known; nothing else is asked."""

    company = Company("demo", {"DE01": an_entity()}, {})


def an_exception(title: str, lines: int, amount_minor: int, **changed: Any) -> dict[str, Any]:
    """A row of the queue: lines of a pay run that wait for a cost center."""
    return {
        "code": "cost_center_closed",
        "title": title,
        "severity": "critical",
        "state": "open",
        "object_kind": "unit",
        "object_key": UNIT,
        "entity": "DE01",
        "batch": UNIT,
        "owner_role": "finance_lead",
        "item_count": lines,
        "at_risk_minor": amount_minor,
        "currency": "EUR",
        "due_at": AT,
        "blocks": "its lines",
        "next_step": "Name the successor.",
        "closed_how": "",
        **changed,
    }


def told(*rows: dict[str, Any], group: int = 1) -> dict[str, int | None]:
    """Amount at risk by title."""
    causes = causes_of(rows, KINDS, _Office(), group)  # type: ignore[arg-type]
    return {cause.title: cause.at_risk[0].amount_minor for cause in causes}


def test_one_cause_over_many_lines_and_units_is_told_once_with_their_sum() -> None:
    """Operations rely on it: one alert for a cause, not one for each file it hits."""
    rows = (
        an_exception("CC1 is closed", 102, 900),
        an_exception("CC1 is closed", 15, 80, object_key="concur:1", batch="concur:1"),
    )
    (cause,) = causes_of(rows, KINDS, _Office(), 1)  # type: ignore[arg-type]
    assert (cause.item_count, cause.at_risk) == (117, (of.AtRisk("EUR", 980),))
    assert cause.batches == ("concur:1", UNIT)


@pytest.mark.parametrize(("lines", "shown"), [(4, None), (5, 800)])
def test_pay_of_fewer_than_five_lines_is_not_shown(lines: int, shown: int | None) -> None:
    """Every employee relies on it: a cause over one person's lines does not state their pay."""
    assert told(an_exception("CC1", lines, 800)) == {"CC1": shown}


def test_the_policy_may_ask_for_larger_groups() -> None:
    """The works council relies on it: a policy of ten lines holds for mails too."""
    assert told(an_exception("CC1", 9, 800), group=10) == {"CC1": None}


def test_a_hidden_amount_is_not_the_rest_of_shown_ones() -> None:
    """Every employee relies on it: held in all less what is shown must not be one's pay."""
    rows = (
        an_exception("CC1", 1, 800),
        an_exception("CC2", 50, 70_000),
        an_exception("CC3", 60, 90_000),
    )
    assert told(*rows) == {"CC1": None, "CC2": None, "CC3": 90_000}


def test_expenses_are_told_by_cause_whatever_their_number() -> None:
    """Operations rely on it: an expense type without account shows what waits for it."""
    row = an_exception("COWRK", 1, 335, object_key="concur:1", batch="concur:1")
    assert told(row) == {"COWRK": 335}


def test_what_belongs_to_no_known_entity_is_marked_as_the_companys() -> None:
    """Finance relies on it: a dead source is seen by everyone it holds up."""
    row = an_exception("Somewhere", 9, 1, entity="XX99")
    (cause,) = causes_of([row], KINDS, _Office(), 1)  # type: ignore[arg-type]
    assert cause.company_wide
