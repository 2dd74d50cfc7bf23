"""Typing rows: exact or held, every failure told with its place, no pay in the telling."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.expenses import an_expense_report
from tests.builders.pay_runs import a_pay_run
from tieout.finance.money import AmountUnreadableError, to_minor
from tieout.stages.validate.rows import FINDINGS_TOLD, Validated, validate_rows
from tieout.stages.validate.totals import document_totals

LONGEST = 10**14


def typed(*amounts: str, currency: str = "EUR") -> Validated:
    """Amounts as one document of component lines."""
    run = a_pay_run(currency=currency)
    for amount in amounts:
        run.component("GROSS", amount)
    return validate_rows("pay_line", run.frame(), {run.document: "march.csv"})


@pytest.mark.promise("S34")
@pytest.mark.parametrize(
    ("currency", "text", "amount_minor"),
    [
        ("JPY", "-123456", -123_456),
        ("JPY", "500.00", 500),
        ("EUR", "+1234.5", 123_450),
        ("EUR", "-0.05", -5),
        ("KWD", "0.125", 125),
        ("CLF", "1.2345", 12_345),
    ],
)
def test_an_amount_becomes_its_currencys_minor_units(
    currency: str, text: str, amount_minor: int
) -> None:
    """Exactly: digits are moved, nothing is rounded."""
    frame = typed(text, currency=currency).frame
    assert frame["amount_minor"].to_list() == [amount_minor]
    assert frame["holds"].to_list() == [[]]


@given(
    minor=st.integers(-LONGEST + 1, LONGEST - 1), currency=st.sampled_from(["JPY", "EUR", "KWD"])
)
def test_the_frame_and_the_scalar_reader_agree(minor: int, currency: str) -> None:
    """Two ways to read an amount, one answer."""
    digits = {"JPY": 0, "EUR": 2, "KWD": 3}[currency]
    text = f"{Decimal(minor).scaleb(-digits):f}"
    assert typed(text, currency=currency).frame["amount_minor"].to_list() == [minor]
    assert to_minor(text, currency) == minor


@given(text=st.text(alphabet="0123456789.+-,_ e٣５", max_size=12))
def test_a_text_is_read_by_both_readers_alike_or_held(text: str) -> None:
    """What the frame takes, the scalar reader takes, with the same result; the rest is held."""
    frame = typed(text).frame
    held = frame["holds"].to_list() != [[]]
    if held:
        assert frame["amount_minor"].to_list() == [0]
    else:
        assert frame["amount_minor"].to_list() == [to_minor(text, "EUR")]


@pytest.mark.parametrize(
    "text", ["", "1,50", "1.005", "1e3", "1 000.00", "１２", "NaN", "100000000000000", "--1"]
)
def test_an_unreadable_amount_holds_its_row_and_counts_as_nothing(text: str) -> None:
    """It keeps its place: counted, shown and released later."""
    checked = typed("1.00", text)
    assert checked.frame["amount_minor"].to_list() == [100, 0]
    assert checked.frame["holds"].to_list() == [[], ["value_unreadable|amount"]]
    (told,) = checked.findings
    assert told.code == "value_unreadable"
    assert (told.where.document, told.where.line, told.where.field) == ("march.csv", 3, "amount")


def test_the_fifteenth_digit_is_where_both_readers_stop() -> None:
    """Minor units must fit 64 bits, sums of them as well."""
    assert typed("99999999999999.99").frame["holds"].to_list() == [[]]
    with pytest.raises(AmountUnreadableError):
        to_minor("10000000000000000.00", "EUR")


def test_a_finding_shows_the_shape_of_an_amount_and_never_its_digits() -> None:
    """It may be somebody's pay, and findings go into mails."""
    for told in typed("4321.987", "4,321.98").findings:
        assert not set("0123456789") & set(told.found)
        assert "4" not in told.message.replace(f"Line {told.where.line}", "")


def test_an_amount_that_slipped_into_the_currency_is_not_shown() -> None:
    """Shifted columns put pay where nobody looks for it."""
    checked = typed("EUR", currency="4321.98")
    assert [told.found for told in checked.findings] == ["####.##"]
    assert "4321" not in str(checked.findings)
    assert "4321" not in str(checked.frame["holds"].to_list())


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "XXX", "ZZZ"])
def test_an_unknown_currency_holds_its_row(currency: str) -> None:
    """Never two decimals by default."""
    run = a_pay_run(currency=currency).component("GROSS", "1.00", currency=currency)
    checked = validate_rows("pay_line", run.frame(), {})
    assert [told.code for told in checked.findings] == ["currency_unknown"]
    assert checked.frame["holds"].to_list() == [[f"currency_unknown|{currency}"]]


@pytest.mark.parametrize("text", ["31.10.2026", "2026-02-30", "10/31/2026", "yesterday"])
def test_a_day_that_is_none_holds_its_row(text: str) -> None:
    """ISO 8601 only; an empty one means that the source does not say."""
    run = a_pay_run().component("GROSS", "1.00", earned_for=text).component("GROSS", "1.00")
    checked = validate_rows("pay_line", run.frame(), {})
    assert checked.frame["earned_for"].to_list() == [None, None]
    assert checked.frame["holds"].to_list() == [["value_unreadable|earned_for"], []]
    assert [told.found for told in checked.findings] == [text]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-10-31T23:30:00+09:00", datetime(2026, 10, 31, 14, 30, tzinfo=UTC)),
        ("2026-10-31T23:30:00-05:00", datetime(2026, 11, 1, 4, 30, tzinfo=UTC)),
        ("2026-10-31T23:30:00Z", datetime(2026, 10, 31, 23, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_its_own_zone(text: str, instant: datetime) -> None:
    """Approved before or after midnight, on both sides of the date line."""
    report = an_expense_report(approved_at=text).cost("e1", "MEALS", "1.00")
    checked = validate_rows("expense_line", report.frame(), {})
    assert checked.frame["approved_at"].to_list() == [instant]
    assert checked.findings == ()


@pytest.mark.parametrize("text", ["", "2026-10-31", "2026-10-31T23:30:00", "31 Oct 2026"])
def test_an_instant_without_a_zone_holds_its_row(text: str) -> None:
    """A guessed zone moves an expense into another month."""
    report = an_expense_report(approved_at=text).cost("e1", "MEALS", "1.00")
    checked = validate_rows("expense_line", report.frame(), {})
    assert checked.frame["holds"].to_list() == [["value_unreadable|approved_at"]]


def test_every_failure_of_every_row_is_told() -> None:
    """One reading, one list: not the first failure only."""
    run = a_pay_run().component("GROSS", "x", earned_for="x").component("", "1.00")
    checked = validate_rows("pay_line", run.frame(), {})
    assert sorted((told.where.line, told.where.field) for told in checked.findings) == [
        (2, "amount"),
        (2, "earned_for"),
        (3, "row"),
    ]


def test_a_broken_file_of_many_rows_is_told_so_often_and_held_wholly() -> None:
    """No mail gets a million findings; no row gets through for it."""
    checked = typed(*["x"] * (FINDINGS_TOLD + 5))
    assert len(checked.findings) == FINDINGS_TOLD
    assert checked.frame.filter(pl.col("holds").list.len() == 0).height == 0


def test_rows_come_back_in_the_order_of_document_and_line() -> None:
    """Whatever order they came in."""
    run = a_pay_run()
    for number in range(20):
        run.component("GROSS", f"{number}.00")
    shuffled = run.frame().sample(fraction=1.0, shuffle=True, seed=7)
    frame = validate_rows("pay_line", shuffled, {}).frame
    assert frame["line_no"].to_list() == list(range(1, 21))
    assert frame["amount_minor"].to_list() == [number * 100 for number in range(20)]


def test_the_totals_of_a_document_stand_beside_what_it_states() -> None:
    """Positive amounts and magnitudes of negative ones; without a statement it proves nothing."""
    frame = typed("10.00", "-4.00", "2.50").frame
    (own,) = document_totals(frame, {})
    assert (own.line_count, own.debit, own.credit, own.origin) == (3, 1_250, 400, "none")
    stated = {own.document: ("manifest", 4, 1_250, 400)}
    (beside,) = document_totals(frame, stated)
    assert (beside.stated_line_count, beside.line_count, beside.origin) == (4, 3, "manifest")
    doubled = pl.concat([frame, frame.tail(1)])
    assert document_totals(doubled, {})[0].repeated_lines == 1


def test_dates_are_days_and_not_instants() -> None:
    """A day has no zone."""
    run = a_pay_run().component("GROSS", "1.00", earned_for="2026-09-30")
    frame = validate_rows("pay_line", run.frame(), {}).frame
    assert frame["earned_for"].to_list() == [date(2026, 9, 30)]
    assert frame.schema["earned_for"] == pl.Date
