"""Every canonical field, wrong in every way it can be: one finding with its place, nothing lost.

A sound pay run or report gets one defect. Whatever it is, each line ends once, the sums stay what
they were, the cause is told with document, line and field, and what stands beside it is built.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders.core import build_rows
from tests.builders.expenses import an_expense_report
from tests.builders.pay_runs import a_pay_run
from tests.builders.rules import Rules, some_rules
from tests.properties import generated_runs
from tieout.contracts.columns import FRAMES
from tieout.contracts.reading_version import picked_for, read_by_version
from tieout.contracts.staged import ReferenceView
from tieout.errors import Finding
from tieout.finance.periods import calendar_month
from tieout.stages.build.build import Built
from tieout.stages.extract.unit_frame import ReadDocument, unit_frame
from tieout.stages.reconcile.reconcile import reconcile
from tieout.stages.route.route import route_expenses
from tieout.stages.validate.rows import validate_rows
from tieout.stages.validate.totals import document_totals
from tieout.workflows.unit_rules import control_mismatches

ENDS = calendar_month("2026-10").ends
UNREADABLE = "value_unreadable"
#: What the rest of an atom says when a line of it waits under another entity or without a key.
REST = "journal_unbalanced"


@dataclass(frozen=True)
class Wrong:
    """One value that may not stand in a field.

    Attributes:
        code: what is told.
        cause: what the hold names; empty: the field.
        told: whether it is told at the line; else the rules tell it of all lines alike.
        field: field that the finding names; empty: the one that is wrong.
        also: codes that follow and are told of other lines or by other people's next step.
    """

    value: str
    code: str
    cause: str = ""
    told: bool = False
    field: str = ""
    also: tuple[str, ...] = ()


def unreadable(*values: str, field: str = "", also: tuple[str, ...] = ()) -> list[Wrong]:
    """Values that are told at their line."""
    return [Wrong(value, UNREADABLE, told=True, field=field, also=also) for value in values]


def unknown_currency(*values: str) -> list[Wrong]:
    """Codes outside ISO 4217."""
    return [Wrong(value, "currency_unknown", value, told=True) for value in values]


AMOUNTS = unreadable("", "x", "1,00", "1.000,00", "0.001", "9" * 16, "1e3", "NaN", " 1.00", "٣.00")
CURRENCIES = [
    *unknown_currency("", "XXX", "XAU", "eur", "EURO"), Wrong("USD", UNREADABLE, "currency"),
]  # fmt: skip
CENTERS = [
    Wrong("OLD", "cost_center_unmapped", "OLD"),
    Wrong("440", "cost_center_closed", "CC440"),
    Wrong("470", "mapping_conflict", "470"),  # a split of 50 percent and no more
]
DAYS = unreadable("31.10.2026", "2026-02-30", "2026-13-01", "x")

#: Field → what may be wrong with it, at the first line of a sound run.
PAY: Mapping[str, list[Wrong]] = {
    "coding": unreadable("", "x", "voucher", also=(REST,)),
    "component_code": [
        *unreadable("", field="row"),
        Wrong("NEW", "account_unmapped", "NEW"),
        Wrong("OLD_CODE", "account_closed", "6999"),
    ],
    "voucher_key": unreadable("", field="row", also=(REST,)),
    "source_account": [*unreadable("", field="row"), Wrong("9999", "account_unmapped", "9999")],
    "contra_account": [],
    "employee_ref": [],
    "amount": AMOUNTS,
    "currency": CURRENCIES,
    "entity": [
        *unreadable("", also=(REST,)),
        Wrong("XX99", "entity_unknown", "XX99", also=(REST,)),
        Wrong("DE01 ", "entity_unknown", "DE01 ", also=(REST,)),
    ],
    "cost_center_code": [*CENTERS, Wrong("", "dimension_missing", "6000")],
    "project_code": [Wrong("P-X", "project_unmapped", "P-X")],
    "earned_for": DAYS,
    "posting_date": DAYS,
}
_DECIMALS = unreadable("x", "1,00", "1e3")
EXPENSE: Mapping[str, list[Wrong]] = {
    "report_key": unreadable(""),
    "document_ref": unreadable(""),
    "entity": [*unreadable(""), Wrong("XX99", "entity_unknown", "XX99")],
    "employee_ref": unreadable(""),
    "approved_at": unreadable("", "x", "2026-10-15", "2026-10-15T09:00:00", "2026-02-30T09:00:00Z"),
    "part": unreadable("", "x"),
    "expense_type": [
        Wrong("NEW", "account_unmapped", "NEW", also=("tax_treatment_missing",)),
        Wrong("OLD", "account_closed", "6999"),
    ],
    "spend_date": DAYS,
    "country": unreadable("UK", "XX", "DEU", "de"),
    "spend_amount": _DECIMALS,
    "spend_currency": unreadable("XXX", "eur"),
    "exchange_rate": _DECIMALS,
    "rate_direction": unreadable("x", "m"),
    "amount": AMOUNTS,
    "currency": CURRENCIES,
    "tax_base": _DECIMALS,
    "payee": unreadable("", "x"),
    "cost_center_code": [*CENTERS, Wrong("", "dimension_missing", "6500")],
    "project_code": [Wrong("P-X", "project_unmapped", "P-X")],
    "receipt": unreadable("x"),
    "is_test": unreadable("x"),
}
#: Names that people read: no value of theirs decides anything.
READ_ONLY = {
    "report_ref", "revision", "policy_ref", "approver_ref", "entry_ref", "allocation_ref",
    "expense_type_name", "tax_code", "payment_type",
}  # fmt: skip
DEFECTS = {"pay_line": PAY, "expense_line": EXPENSE}
CASES = [
    pytest.param(kind, field, wrong, id=f"{kind}-{field}-{wrong.value or 'empty'}")
    for kind, fields in DEFECTS.items()
    for field, ways in fields.items()
    for wrong in ways
]
#: Fields of an account-coded line: the defect goes to the voucher.
OF_VOUCHERS = {"voucher_key", "source_account"}


def pay_rules() -> Rules:
    """Wages carry a cost center and a project."""
    made = generated_runs.rules()
    made.rows = [
        replace(row, content={**row.content, "dimensions": "cost_center project"})
        if row.table == "accounts" and row["source_code"] == "GROSS"
        else row
        for row in made.rows
    ]
    return made


def expense_rules() -> Rules:
    """Meals, their tax, and the way they are repaid."""
    made = some_rules("concur")
    for code, debit in (("MEALS", "6500"), ("OLD", "6999")):
        made.account(code, debit=debit, coding="expense_type", by="cost_center project")
        made.tax(code, "no")
    made.account("VAT", debit="1400", coding="tax")
    made.cost_center("410", "CC410").cost_center("440", "CC440").cost_center("470", "CC410", "50")
    return made.route("meals", "payroll", "7310", pay_code="EXP")


def known(rules: Rules) -> ReferenceView:
    """The ERP has closed a cost center and an account."""
    return rules.reference(closed=["CC440", "6999"])


def sound(kind: str, people: int = 2) -> pl.DataFrame:
    """A run of some people and a voucher, or a report of as many entries; nothing is wrong."""
    if kind == "expense_line":
        report = an_expense_report()
        for number in range(people):
            entry = f"e{number}"
            report.cost(entry, "MEALS", "100.00", cost_center_code="410")
            report.tax(entry, "MEALS", "19.00", "VAT", cost_center_code="410")
        return report.frame()
    run = a_pay_run()
    for number in range(people):
        who = f"E-{number}"
        run.component("GROSS", "100.00", cost_center="410", employee=who)
        run.component("TAX", "20.00", employee=who).component("NET", "80.00", employee=who)
    run.voucher_line("V1", "6020", "5.00", cost_center="410").voucher_line("V1", "3720", "-5.00")
    return run.frame()


def lines_of(kind: str, field: str, frame: pl.DataFrame) -> list[int]:
    """Lines at which a defect of the field matters alike."""
    if kind == "expense_line":
        return frame.filter(pl.col("part") == "cost")["line_no"].to_list()
    if field in OF_VOUCHERS:
        return frame.filter(pl.col("source_account") == "6020")["line_no"].to_list()
    return frame.filter(pl.col("component_code") == "GROSS")["line_no"].to_list()


def damaged(frame: pl.DataFrame, line: int, field: str, value: str) -> pl.DataFrame:
    """The frame with one value changed."""
    here = pl.col("line_no") == line
    return frame.with_columns(pl.when(here).then(pl.lit(value)).otherwise(field).alias(field))


def carried(kind: str, frame: pl.DataFrame) -> tuple[list[Finding], pl.DataFrame, Built]:
    """Findings of the rows, the typed rows, and the build, entry by entry."""
    rules = pay_rules() if kind == "pay_line" else expense_rules()
    validated = validate_rows(kind, frame, {})
    rows = reconcile(
        kind, validated.frame, rules.provider, rules.mapping(), known(rules), ENDS
    )  # fmt: skip
    if kind == "expense_line":
        rows = route_expenses(rows, rules.mapping(), ENDS)
    return list(validated.findings), validated.frame, build_rows(rows, kind=kind, holding="atom")


def assert_nothing_lost(typed: pl.DataFrame, result: Built) -> Mapping[tuple[str, int], str]:
    """Each line ended once and the sums are those of the document; state by line."""
    ended = [
        ((part.document, line), part.state)
        for part in result.endings()
        for line in part.source_lines
    ]
    assert Counter(line for line, _ in ended) == Counter(typed.select("document", "line_no").rows())
    amounts = typed["amount_minor"].to_list()
    parts = list(result.endings())
    assert sum(part.debit_minor for part in parts) == sum(max(one, 0) for one in amounts)
    assert sum(part.credit_minor for part in parts) == sum(max(-one, 0) for one in amounts)
    for made in result.journals:
        assert sum(line.amount_minor for line in made.journal.lines) == 0
    return dict(ended)


@pytest.mark.parametrize("kind", sorted(DEFECTS))
def test_a_sound_document_is_built_whole_and_every_field_is_damaged_below(kind: str) -> None:
    """The table of defects relies on it: no field of a contract is forgotten."""
    findings, typed, result = carried(kind, sound(kind))
    assert findings == []
    assert set(assert_nothing_lost(typed, result).values()) == {"built"}
    assert set(FRAMES[kind]) == set(DEFECTS[kind]) | (
        READ_ONLY if kind == "expense_line" else set()
    )


@pytest.mark.promise("S53")
@pytest.mark.parametrize(("kind", "field", "wrong"), CASES)
def test_one_wrong_value_is_one_cause_with_its_place_and_nothing_is_lost(
    kind: str, field: str, wrong: Wrong
) -> None:
    """The controller relies on it: told once, held alone, and never guessed."""
    frame = sound(kind)
    line = lines_of(kind, field, frame)[0]
    findings, typed, result = carried(kind, damaged(frame, line, field, wrong.value))
    states = assert_nothing_lost(typed, result)
    cause = wrong.cause or wrong.field or ("" if wrong.code == "currency_unknown" else field)
    held = {(one.code, one.cause) for one in result.held if one.code not in wrong.also}
    assert held == {(wrong.code, cause)}
    assert {one.code for one in result.held} == {wrong.code, *wrong.also}
    place = frame.filter(line_no=line)["file_line"].item()
    expected = [(wrong.code, place, wrong.field or field)] if wrong.told else []
    assert [(one.code, one.where.line, one.where.field) for one in findings] == expected
    assert states[frame["document"][0], line] == "held"
    assert "built" in set(states.values())


@settings(max_examples=60, deadline=None)
@given(choice=st.data(), kind=st.sampled_from(sorted(DEFECTS)), people=st.integers(1, 5))
def test_any_defects_anywhere_together_lose_nothing_and_hold_no_neighbour(
    choice: st.DataObject, kind: str, people: int
) -> None:
    """The controller relies on it: every failure of a row and of a file is told at once."""
    frame = sound(kind, people)
    before = {
        row["line_no"]: row["employee_ref"] or row["voucher_key"] for row in _keys(kind, frame)
    }
    # A line under no entity is no part of its entry any more; the case above shows what happens.
    ways = [
        (field, wrong)
        for field, some in DEFECTS[kind].items()
        for wrong in some
        if wrong.told and field != "entity"
    ]
    places = {field: lines_of(kind, field, frame) for field, _ in ways}
    expected: set[tuple[int, str]] = set()
    touched = set()
    used: dict[int, set[str]] = {}
    for field, wrong in choice.draw(st.lists(st.sampled_from(ways), max_size=6)):
        line = choice.draw(st.sampled_from(places[field]))
        if used.setdefault(line, set()) & {field, "coding"} or (used[line] and field == "coding"):
            continue  # a line of another coding has other fields
        used[line].add(field)
        frame = damaged(frame, line, field, wrong.value)
        expected.add((frame.filter(line_no=line)["file_line"].item(), wrong.field or field))
        touched.add(before[line])
    findings, typed, result = carried(kind, frame)
    states = assert_nothing_lost(typed, result)
    # Without a currency nobody knows what an amount may look like.
    unknown = {one.where.line for one in findings if one.code == "currency_unknown"}
    expected = {(at, field) for at, field in expected if at not in unknown or field != "amount"}
    assert {(one.where.line, one.where.field) for one in findings} == expected
    assert len(findings) == len(expected)
    for (_, line), state in states.items():
        assert (state == "held") == (before[line] in touched), line


def _keys(kind: str, frame: pl.DataFrame) -> list[dict[str, object]]:
    """What tells the atoms of a frame apart, by line."""
    if kind == "pay_line":
        return frame.select("line_no", "employee_ref", "voucher_key").to_dicts()
    return frame.select("line_no", employee_ref="entry_ref", voucher_key=pl.lit("")).to_dicts()


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind in sorted(DEFECTS) for field in FRAMES[kind]]
)
def test_a_missing_column_holds_its_document_by_name_and_no_other(kind: str, field: str) -> None:
    """The controller relies on it: nothing is built from a document that lacks a column."""
    frame = sound(kind).select("line_no", "file_line", *FRAMES[kind])
    picked = picked_for(kind, "", date(2026, 11, 2))
    rows, told = read_by_version(frame.drop(field), picked, "bureau", "march.csv")
    (finding,) = told
    assert (finding.code, finding.where.document, finding.where.field) == (
        "contract_drift", "march.csv", field,
    )  # fmt: skip
    whole, nothing = read_by_version(frame, picked, "bureau", "other.csv")
    documents = [
        ReadDocument("a" * 64, "march.csv", rows, told),
        ReadDocument("b" * 64, "other.csv", whole, nothing),
    ]
    _, typed, result = carried(kind, unit_frame(documents))
    states = assert_nothing_lost(typed, result)
    ended = {(document, state) for (document, _), state in states.items()}
    assert ended == {("a" * 64, "held"), ("b" * 64, "built")}


@pytest.mark.parametrize("kind", sorted(DEFECTS))
@pytest.mark.parametrize("off", [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1)])
def test_a_control_total_off_by_one_line_or_one_cent_is_told_with_both_numbers(
    kind: str, off: tuple[int, int, int]
) -> None:
    """The controller relies on it: there is no tolerance, and both sides are shown."""
    typed = validate_rows(kind, sound(kind), {}).frame
    document = typed["document"][0]
    (read,) = document_totals(typed, {})
    count, debit, credit = (
        value + change
        for value, change in zip((read.line_count, read.debit, read.credit), off, strict=True)
    )
    (total,) = document_totals(typed, {document: ("manifest", count, debit, credit)})
    ((where, told),) = control_mismatches([total], {document: "m.csv"}, {document: "EUR"}, "u")
    assert (where, told.code, told.where.document) == (document, "control_total_mismatch", "m.csv")
    assert f"stated {count} lines" in told.message
    assert f"read {read.line_count} lines" in told.message
