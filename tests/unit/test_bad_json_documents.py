"""Bad JSON by the list of known ones, B41 to B48: from the expense platform, payroll, a manifest.

Refused is what two readers could read in two ways; a single value that is not of its kind is told
at its place while the rest is read.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.unit.test_concur_reading import PROFILE as EXPENSES
from tests.unit.test_concur_reading import REPORT
from tests.unit.test_workday_reading import PROFILE as PAYROLL
from tests.unit.test_workday_reading import RUN, row
from tieout.adapters.concur.reading import read_report
from tieout.adapters.drop.manifest import parse_manifest
from tieout.adapters.workday.pay_lines import read_run
from tieout.adapters.workday.runs import PayRun
from tieout.contracts.json_text import JsonUnreadableError, parse_json
from tieout.errors import UnreadableDocumentError
from tieout.finance.documents import DocumentRef, Reading, SourceDocument

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
PAY = json.dumps({"Report_Entry": [row("SAL_REG", "5000.00", "")]})
MANIFEST = json.dumps(
    {
        "sha256": "0" * 64,
        "provider": "p",
        "entity": "E1",
        "pay_group": "g",
        "period": "2026-10",
        "run_id": "1",
        "currency": "EUR",
        "line_count": 1,
        "debit": "1.00",
        "credit": "0.00",
    }
)
DEEP = "[" * 10_000 + "]" * 10_000


def expense(text: str) -> Reading:
    """The platform's document with this text."""
    ref = DocumentRef("concur", "K7WQ2D", "7b1d")
    content = text.encode()
    return read_report(EXPENSES, SourceDocument.of(ref, content, "application/json", AT), content)


def payroll(text: str) -> Reading:
    """The body of a pay lines report with this text."""
    content = text.encode()
    ref = DocumentRef("workday-us", "run", PayRun(RUN).native_ref)
    return read_run(PAYROLL, SourceDocument.of(ref, content, "application/json", AT), content)


def manifest(text: str) -> object:
    """A manifest with this text."""
    return parse_manifest(text, "march.csv")


READERS = [(expense, REPORT), (payroll, PAY), (manifest, MANIFEST)]
NAMES = ["expense", "payroll", "manifest"]


def refused(read: object, text: str) -> UnreadableDocumentError:
    """Why nothing of the text can be used."""
    with pytest.raises(UnreadableDocumentError) as caught:
        read(text)  # type: ignore[operator]  # one of the three readers above
    assert caught.value.where.document
    assert caught.value.next_step
    return caught.value


@pytest.mark.timeout(5)
@pytest.mark.parametrize(("read", "sound"), READERS, ids=NAMES)
class TestRefused:
    """What can't be read in one way only is not read at all."""

    def test_b42_a_key_that_stands_twice(self, read: object, sound: str) -> None:
        """B42: one reader would book the first amount, another the last."""
        member = sound.strip()[1:].split(",", 1)[0].split(":", 1)[0].strip()
        text = sound.strip()[:-1] + f", {member}: null}}"
        assert "stands twice in one object" in refused(read, text).message

    def test_b43_nesting_without_end(self, read: object, sound: str) -> None:
        """B43: an attack on the reader's memory is an answer, not a crash."""
        text = sound.strip()[:-1] + f', "more": {DEEP}}}'
        assert "it is nested too deeply" in refused(read, text).message

    def test_b44_a_text_that_is_cut(self, read: object, sound: str) -> None:
        """B44: half a document has half the amounts."""
        assert "it is no complete JSON (line" in refused(read, sound[: len(sound) // 2]).message

    def test_b44_two_documents_in_one_body(self, read: object, sound: str) -> None:
        """B44: which of both counts, nobody could say."""
        assert "a second value begins in line" in refused(read, sound + sound).message

    @pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
    def test_a_constant_that_is_no_number(self, read: object, sound: str, constant: str) -> None:
        """Comparisons with it are all false: every check would pass."""
        text = sound.strip()[:-1] + f', "more": {constant}}}'
        assert f"{constant} is no number" in refused(read, text).message


def at(reading: Reading, field: str) -> list[tuple[str, str, str]]:
    """Code, found and what is blocked, of the findings at a field."""
    return [
        (told.code, told.found, told.blocks)
        for told in reading.findings
        if told.where.field == field
    ]


def test_b41_money_that_was_a_float_is_told_not_rounded() -> None:
    """B41: 0.1 + 0.2 is no amount of pounds; nobody rounds it here."""
    reading = expense(
        REPORT.replace('"entryApprovedAmount":120.00', '"entryApprovedAmount":120.00000000000001')
    )
    (told,) = at(reading, "entryApprovedAmount")
    assert (told[0], told[2]) == ("value_unreadable", "report")
    pay = payroll(PAY.replace('"5000.00"', "0.30000000000000004"))
    assert [code for code, *_ in at(pay, "Debit_Amount")] == ["value_unreadable"]
    with pytest.raises(UnreadableDocumentError, match="more than 2 decimals"):
        manifest(MANIFEST.replace('"1.00"', "0.30000000000000004"))


def test_b45_a_status_that_nobody_listed_is_told() -> None:
    """B45: an unknown state is never taken for a known one."""
    reading = expense(REPORT.replace('"READY"', '"HALF_READY"'))
    assert ("status_unknown", "HALF_READY", "report") in at(reading, "docStatus")
    pay = payroll(PAY.replace('"Complete"', '"Nearly Complete"'))
    assert [told.code for told in pay.findings if told.found == "Nearly Complete"] == [
        "status_unknown"
    ]


def test_b46_null_where_a_value_is_needed_is_told() -> None:
    """B46: no employee, no amount: the row waits."""
    reading = expense(REPORT.replace('"entryApprovedAmount":120.00', '"entryApprovedAmount":null'))
    assert at(reading, "entryApprovedAmount") == [("value_unreadable", "(empty)", "report")]
    with pytest.raises(UnreadableDocumentError, match="run_id"):
        manifest(MANIFEST.replace('"run_id": "1"', '"run_id": null'))


def test_b47_an_id_above_two_to_the_53rd_keeps_its_digits() -> None:
    """B47: a float would make another report of it."""
    number = "9007199254740993"
    reading = expense(REPORT.replace('"9C0FFEE0DECADE401101"', number))
    assert set(reading.frames["expense_line"]["report_key"]) == {number}
    assert parse_json(f'{{"id": {number}}}') == {"id": number}


def test_b48_a_point_in_time_without_a_zone_is_told() -> None:
    """B48: at the turn of a month the zone decides the period."""
    reading = expense(REPORT.replace("2026-10-05T16:40:00.000Z", "2026-10-05T16:40:00.000"))
    told = at(reading, "report.reportPaymentProcessingDate")
    assert [(code, blocks) for code, _, blocks in told] == [("value_unreadable", "report")]


def test_a_text_that_is_no_unicode_is_named() -> None:
    """The byte's place helps whoever sent it."""
    with pytest.raises(JsonUnreadableError, match="byte 8 is no Unicode text"):
        parse_json(b'{"a": "\xe4"}')
