"""The bridge of exchange differences: one row per foreign entry, exact in both currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

import pytest

from tests.builders.expenses import ExpenseReport, an_expense_report
from tests.builders.rules import Rules, some_rules
from tieout.finance.rates import PublishedRate
from tieout.stages.route.exchange import Bridge, Bridged, bridge_entries
from tieout.stages.validate.rows import validate_rows

PUBLISHED = date(2026, 10, 9)
ENDS: Final = date(2026, 10, 31)
FOREIGN: Final = {"spend_amount": "1.00", "spend_currency": "USD"}


class Series:
    """A series that publishes one rate, or none, and remembers what it was asked."""

    def __init__(self, text: str | None, derivation: str = "") -> None:
        self.asked: list[tuple[str, str, date, int]] = []
        self._found = None if text is None else PublishedRate(Decimal(text), PUBLISHED, derivation)

    def rate_on(self, source: str, target: str, day: date, staleness: int) -> PublishedRate | None:
        """As `RateOn`."""
        self.asked.append((source, target, day, staleness))
        return self._found


def stated(staleness: str = "5", rate_type: str = "ecb_reference") -> Rules:
    """A policy for expenses of every entity."""
    return some_rules().row(
        "dates_and_rates", scope="group", journal_kind="expense", accounting_date="period_end",
        rate_type=rate_type, staleness_days=staleness,
    )  # fmt: skip


def bridging(report: ExpenseReport, series: Series, rules: Rules | None = None) -> Bridged:
    """A report's entries against a series."""
    typed = validate_rows("expense_line", report.frame(), {}).frame
    mapping = (rules or stated()).mapping()
    return bridge_entries(typed, mapping, ENDS, "ecb_reference", series.rate_on)


def bridged(report: ExpenseReport, rate: str) -> list[Bridge]:
    """The bridges of a report's entries at one rate."""
    return list(bridging(report, Series(rate)).bridges)


def holds(found: Bridged) -> list[list[str]]:
    """Why each row waits."""
    return found.frame.sort("line_no")["holds"].to_list()


@pytest.mark.parametrize(
    ("spent", "currency", "rate", "approved", "reference_minor"),
    [
        ("100.00", "USD", "0.8605", "87.00", 86_05),
        ("10000", "JPY", "0.00561", "56.00", 56_10),
        ("10.005", "KWD", "2.81", "28.00", 28_11),
        ("0.50", "USD", "0.11", "0.05", 6),
    ],
)
def test_an_entry_is_valued_at_the_published_rate_in_exact_minor_units(
    spent: str, currency: str, rate: str, approved: str, reference_minor: int
) -> None:
    """Yen have no cents and dinars three digits; a half goes away from zero."""
    report = an_expense_report().cost(
        "e1", "MEALS", approved, spend_amount=spent, spend_currency=currency
    )
    (bridge,) = bridged(report, rate)
    assert bridge.reference_minor == reference_minor
    assert (bridge.reference_rate, bridge.reference_date) == (rate, PUBLISHED)


def test_the_parts_of_an_entry_are_bridged_once() -> None:
    """Its spend amount repeats on each part; its approved amount is their sum."""
    more = {"spend_amount": "119.00", "spend_currency": "USD"}
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "90.00", **more)
        .tax("e1", "MEALS", "17.10", "V19", **more)
    )
    (bridge,) = bridged(report, "0.90")
    assert (bridge.approved_minor, bridge.spend_minor, bridge.reference_minor) == (
        107_10, 119_00, 107_10,
    )  # fmt: skip


def test_entries_at_home_have_no_bridge_and_ask_for_no_rate() -> None:
    """Nothing is explained where nothing was exchanged."""
    series = Series("0.9")
    found = bridging(an_expense_report().cost("e1", "MEALS", "1.00"), series)
    assert (found.bridges, holds(found), series.asked) == ([], [[]], [])


def test_an_entry_without_a_published_rate_is_held_with_all_its_parts() -> None:
    """The controller relies on it: nobody's difference drops out of the bridge without a word."""
    report = (
        an_expense_report()
        .cost("e1", "MEALS", "1.00", **FOREIGN)
        .tax("e1", "MEALS", "0.19", "V19", **FOREIGN)
        .cost("e2", "MEALS", "2.00")
    )
    found = bridging(report, Series(None), stated("3"))
    missing = ["exchange_rate_missing|USD to EUR on 2026-10-10 or the 3 days before"]
    assert found.bridges == []
    assert holds(found) == [missing, missing, []]


def test_the_policy_says_how_old_a_publication_may_be() -> None:
    """The controller relies on it: the more specific rule's staleness is what the series is asked.

    The rate of an earlier day is taken with its own date.
    """
    rules = stated("5").row(
        "dates_and_rates", scope="entity:DE01", journal_kind="expense",
        accounting_date="period_end", rate_type="ecb_reference", staleness_days="2",
    )  # fmt: skip
    report = an_expense_report()
    for entry in ("e1", "e2"):
        report.cost(entry, "MEALS", "1.00", **FOREIGN)
    series = Series("0.9")
    found = bridging(report, series, rules)
    assert series.asked == [("USD", "EUR", date(2026, 10, 10), 2)]
    assert {bridge.reference_date for bridge in found.bridges} == {PUBLISHED}


@pytest.mark.parametrize(
    "rules", [some_rules(), stated(""), stated(rate_type=""), stated(rate_type="central_bank")]
)
def test_a_policy_that_leaves_rate_or_staleness_open_holds(rules: Rules) -> None:
    """The controller relies on it: no series and no age is assumed for finance."""
    series = Series("0.9")
    found = bridging(an_expense_report().cost("e1", "MEALS", "1.00", **FOREIGN), series, rules)
    assert found.bridges == []
    assert [held[0].partition("|")[0] for held in holds(found)] == ["exchange_rate_unstated"]
    assert series.asked == []


@pytest.mark.parametrize(
    ("changed", "field"), [({"spend_amount": "1.005"}, "spend_amount"), ({"spend_date": ""},
                                                                         "spend_date")]
)  # fmt: skip
def test_a_spend_that_cant_be_valued_is_held_by_its_field(
    changed: dict[str, str], field: str
) -> None:
    """Half a cent is no amount, and a rate without a day is a guess."""
    report = an_expense_report().cost("e1", "MEALS", "1.00", **{**FOREIGN, **changed})
    found = bridging(report, Series("0.9"))
    assert found.bridges == []
    assert holds(found)[0][-1] == f"value_unreadable|{field}"


def test_a_rate_that_was_turned_around_says_so_on_its_bridge() -> None:
    """The auditor relies on it: the division is ours, the published number stands beside it."""
    report = an_expense_report().cost("e1", "MEALS", "1.00", **FOREIGN)
    found = bridging(report, Series("0.8605", "1 / USD 1.1621 per EUR"))
    assert [bridge.reference_derivation for bridge in found.bridges] == ["1 / USD 1.1621 per EUR"]


def test_a_currency_that_no_series_publishes_is_waived_by_policy_and_told() -> None:
    """Finance in Kuwait relies on it: it books without a comparison, and everybody can see that."""
    rules = stated().row(
        "dates_and_rates", scope="entity:DE01", journal_kind="expense",
        accounting_date="period_end", rate_type="none",
    )  # fmt: skip
    series = Series(None)
    report = an_expense_report()
    for entry in ("e1", "e2"):
        report.cost(entry, "MEALS", "1.00", **FOREIGN)
    found = bridging(report, series, rules)
    assert (found.bridges, holds(found), series.asked) == ([], [[], []], [])
    (told,) = found.told
    assert told.message == (
        "2 expenses of DE01, USD to EUR, compare with no published rate, by policy"
    )
