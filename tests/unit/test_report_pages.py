"""What a report looks like: the same numbers everywhere, nobody's text runs, nothing is cut."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import openpyxl
import pytest

from tests.builders.reported_month import AT, PERIOD, UNIT, an_entity
from tieout.errors import ConfigurationError
from tieout.finance.words import CATALOGUE
from tieout.reports import causes as wording
from tieout.reports import facts as of
from tieout.reports.message import LARGEST_PAGE_BYTES, compose, message_id, render_page
from tieout.reports.plain import WIDTH, render_plain
from tieout.reports.view import SUBJECT_LENGTH, view_of

URL = "http://127.0.0.1:8080"
NUMBER = re.compile(r"[\d][\d.,:–-]*")
HOSTILE = '<script>alert(1)</script>"\'><img src=x onerror=alert(2)>=HYPERLINK("http://x")'


def a_cause(**changed: Any) -> of.Cause:
    """An open cause over twelve lines."""
    stated: dict[str, Any] = {
        "code": "cost_center_closed",
        "title": "Cost center 4711-OLD is closed in the ERP and has no successor",
        "severity": "critical",
        "state": "open",
        "item_count": 212,
        "at_risk": (of.AtRisk("EUR", 6_120_410),),
        "owner": "finance_lead",
        "due_at": datetime(2026, 11, 5, 16, 0, tzinfo=UTC),
        "blocks": "212 lines of DE01",
        "next_step": "Name the successor.",
        "batches": (UNIT,),
    }
    return of.Cause(**{**stated, **changed})


def some_facts(**changed: Any) -> of.ReportFacts:
    """A month in which something stands in every table."""
    stated: dict[str, Any] = {
        "entity": an_entity(),
        "period": PERIOD,
        "sums": (
            of.StageSum(of.EXCLUDED, "information only", "EUR", 8, 99_100, 0),
            of.StageSum(of.HELD, "", "EUR", 212, 6_120_410, 17),
            of.StageSum(of.WAITING, "", "EUR", 31, 123_456, 0),
            of.StageSum(of.UNAPPROVED, "", "EUR", 77, 777_777, 3),
            of.StageSum(of.BOOKED, "", "EUR", 992, 12_000_000_00, -5),
            of.StageSum(of.BOOKED, "", "JPY", 9, 45_001, 0),
        ),
        "certified": (of.Certified("stated", 123, 1298, 1078, 212, 8, 0),),
        "uncertified_count": 2,
        "causes": (a_cause(), a_cause(code="erp_busy", title="The ERP is busy", state="closed")),
        "findings": (of.FindingCount("value_unreadable", "Values can't be read", "critical", 19),),
        "expectations": (of.FailedExpectation(UNIT, "debit sum equals", "critical", "1 of 3"),),
        "tie_out": of.TieOut(
            "open", "1 journals changed in the ledger", AT,
            (of.ClassTotal("earning", "EUR", 12_000_000_00, 12_000_000_00, 11_999_999_99),
             of.ClassTotal("net_pay", "EUR", -12_000_000_00, -12_000_000_00, -12_000_000_00)),
        ),
        "journals": (
            of.JournalFact("DE01-PAY-202610-CIJV", "payroll", "drifted", "90418", "JE90418", 183,
                           12_000_000_00, "EUR", UNIT, "3035d1e4-136d-549d-a187-3e3b1433641e"),
        ),
        "batches": (of.BatchFact("DE01-payroll-2026-10-1", AT, 386, 69, 26_844, 0, "EUR", "cut"),),
        "items": (of.Item(7, UNIT, "", None, "cost_center_closed", "open"),
                  of.Item(None, UNIT, "=1+1.csv", 4, "value_unreadable", "critical")),
    }  # fmt: skip
    return of.ReportFacts(**{**stated, **changed})


def composed(facts: of.ReportFacts, **changed: Any) -> EmailMessage:
    """The message, read again as a mail client would."""
    stated = {
        "sender": "tieout@example.test",
        "recipients": facts.entity.report_to,
        "as_of": AT,
        "airflow_url": URL,
    }
    return message_from_bytes(compose(facts, **{**stated, **changed}), policy=policy.default)


class _Seen:
    """What a reader sees of a page, and its tags."""

    def __init__(self, page: str) -> None:
        self.text: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._hidden = 0
        parser = HTMLParser()
        # The parser calls these by the names that it gives them.
        vars(parser).update(
            handle_starttag=self._begin, handle_endtag=self._end, handle_data=self._show
        )
        parser.feed(page)

    def _begin(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self._hidden += tag in {"style", "title"}

    def _end(self, tag: str) -> None:
        self._hidden -= tag in {"style", "title"}

    def _show(self, text: str) -> None:
        if not self._hidden:
            self.text.append(text)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of each tag of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


def numbers(text: str) -> Counter[str]:
    """Every number in a text, and how often."""
    return Counter(found.rstrip(".,:;") for found in NUMBER.findall(text))


@pytest.mark.parametrize("most_rows", [25, 1])
def test_the_plain_twin_states_every_number_of_the_page_and_no_other(most_rows: int) -> None:
    """Who reads mail as text relies on it: nothing is said to others only."""
    view = view_of(some_facts(), AT, URL, most_rows)
    # Addresses of links are attributes on the page and text in the twin.
    plain = "\n".join(line for line in render_plain(view).splitlines() if "http://" not in line)
    page = " ".join(_Seen(render_page(view)).text)
    if view.chart is not None:
        page += f" {view.chart.title} {view.chart.sentence}"
    assert numbers(page) == numbers(plain)
    assert numbers(page)["12,000,000.00"] > 3


def test_no_line_of_the_plain_twin_is_wider_than_72_columns() -> None:
    """A terminal's reader relies on it; only what has no space may stand out."""
    lines = render_plain(view_of(some_facts(), AT, URL)).splitlines()
    assert [line for line in lines if len(line) > WIDTH and " " in line.strip()] == []


@pytest.mark.parametrize(
    ("changed", "subject"),
    [
        ({}, "[Action 1] DE01 close 2026-10: 1 cause before Thu 5 Nov 17:00 CET"),
        ({"causes": ()}, "[Action 1] DE01 close 2026-10: 1 expectation not met"),
        (
            {"causes": (), "expectations": ()},
            "[Waits] DE01 close 2026-10: 2 documents not built yet",
        ),
        (
            {"causes": (), "expectations": (), "uncertified_count": 0},
            "[Waits] DE01 close 2026-10: not tied out yet",
        ),
    ],
)
def test_the_subject_says_the_state_first_and_no_amount(
    changed: dict[str, Any], subject: str
) -> None:
    """Whoever's phone lies on a table relies on it: a lock screen shows no money."""
    assert view_of(some_facts(**changed), AT, URL).subject == subject


def test_green_needs_a_comparison_that_ties() -> None:
    """The controller relies on it: nothing wrong is not yet proven right."""
    green = some_facts(causes=(), expectations=(), uncertified_count=0)
    journals = tuple(replace(one, state="tied_out") for one in green.journals)
    assert replace(green, journals=journals).state == "waits"
    tied = replace(green.tie_out, state="tied")
    assert replace(green, tie_out=tied).state == "waits"
    assert replace(green, journals=journals, tie_out=tied).state == "ok"


@pytest.mark.parametrize("count", [1, 999_999])
def test_no_subject_is_longer_than_70_characters(count: int) -> None:
    """A phone's list relies on it: the state and the entity are never cut off."""
    view = view_of(some_facts(causes=(a_cause(item_count=count),) * min(count, 200)), AT, URL)
    assert len(view.subject) <= SUBJECT_LENGTH


def test_foreign_text_is_shown_and_never_runs() -> None:
    """The reader relies on it: a file name, a title or an entity's name is text, whatever it is."""
    facts = some_facts(
        entity=an_entity(name=HOSTILE),
        causes=(a_cause(title=HOSTILE, blocks=HOSTILE, next_step=HOSTILE, batches=(HOSTILE,)),),
        expectations=(of.FailedExpectation(HOSTILE, HOSTILE, "critical", HOSTILE),),
        items=(of.Item(1, HOSTILE, HOSTILE, 1, HOSTILE, HOSTILE),),
    )
    seen = _Seen(render_page(view_of(facts, AT, URL)))
    assert not {"script", "img"} & {tag for tag, _ in seen.tags}
    assert not [name for _, attributes in seen.tags for name in attributes if name[:2] == "on"]
    assert "<script>alert(1)</script>" in "".join(seen.text)


def test_control_characters_are_shown_as_such() -> None:
    """The reader relies on it: nothing hides in a title."""
    page = render_page(
        view_of(some_facts(causes=(a_cause(title="a\x00b\x1b[31m\u202ec"),)), AT, URL)
    )
    assert "a\ufffdb\ufffd[31m\ufffdc" in page


def test_a_line_break_in_a_name_makes_no_header() -> None:
    """Security relies on it: configuration can't add a recipient to a mail."""
    entity = an_entity("DE01\r\nBcc: thief@example.test", report_to=("a@example.test",))
    message = composed(some_facts(entity=entity))
    assert message["Bcc"] is None
    assert message["To"] == "a@example.test"


@pytest.mark.parametrize("address", ["a@example.test\nBcc: b@example.test", "nobody", "a@b c"])
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str) -> None:
    """The platform team relies on it: a typo is named, with the file to correct."""
    with pytest.raises(ConfigurationError, match="is no mail address"):
        composed(some_facts(), recipients=[address])


def test_a_thousand_causes_still_fit_a_mail() -> None:
    """Gmail's readers rely on it: it cuts a page at 102 kB, and with it why they got it."""
    causes = tuple(a_cause(title=f"Cost center {n} {'ö' * 280}") for n in range(1_000))
    facts = some_facts(causes=causes, journals=some_facts().journals * 60)
    message = composed(facts)
    body = message.get_body(("html",))
    assert body is not None
    page = str(body.get_content())
    assert len(page.encode()) < LARGEST_PAGE_BYTES
    assert "more in the spreadsheet." in page
    assert "Correlation id" in page


def test_the_page_can_be_read_by_a_screen_reader() -> None:
    """Whoever does not see it relies on it: heads have a scope, the chart says its sentence."""
    message = composed(some_facts())
    body = message.get_body(("html",))
    assert body is not None
    seen = _Seen(str(body.get_content()))
    assert {head.get("scope") for head in seen.all("th")} == {"col", "row"}
    (picture,) = seen.all("img")
    chart = view_of(some_facts(), AT, URL).chart
    assert chart is not None
    assert picture["alt"] == chart.sentence
    assert str(picture["src"]).startswith("cid:")
    assert (picture["width"], int(str(picture["height"])) > 60) == ("560", True)
    assert seen.all("html") == [{"lang": "en"}]


def test_the_spreadsheet_holds_real_numbers_and_text_that_is_no_formula() -> None:
    """The analyst relies on it: sums work at once, and no cell runs."""
    (part,) = composed(some_facts(causes=(a_cause(title=HOSTILE[-24:]),))).iter_attachments()
    book = openpyxl.load_workbook(io.BytesIO(part.get_content()))
    assert book.sheetnames == ["Summary", "Causes", "Items", "Tie-out", "About"]
    assert book["Causes"]["A2"].value == HOSTILE[-24:]
    assert book["Causes"]["A2"].data_type == "s"
    assert book["Causes"]["F2"].value == 61204.1
    assert book["Items"]["D3"].value == "=1+1.csv"
    assert book["Items"]["D3"].data_type == "s"
    assert book["Tie-out"]["F2"].value == 0.01
    assert book["Causes"].freeze_panes == "A2"
    assert book["Summary"].auto_filter.ref is not None


def test_the_message_id_follows_from_the_key_alone() -> None:
    """The receiving server relies on it: a second copy is the same message."""
    facts = some_facts()
    first, again = composed(facts), composed(facts, as_of=AT + timedelta(hours=1))
    assert (
        first["Message-ID"]
        == again["Message-ID"]
        == message_id(facts.message_key, "tieout@example.test")
    )


def test_times_of_looking_are_no_facts_and_addresses_are() -> None:
    """Finance relies on it: the same month is mailed once, and again to a corrected address."""
    facts = some_facts()
    later = replace(facts.tie_out, compared_at=AT + timedelta(days=1))
    assert replace(facts, tie_out=later).message_key == facts.message_key
    elsewhere = an_entity(report_to=("other@example.test",))
    assert replace(facts, entity=elsewhere).message_key != facts.message_key
    assert replace(facts, uncertified_count=3).message_key != facts.message_key


def test_an_unknown_code_is_told_without_its_values() -> None:
    """Every employee relies on it: what nobody has looked at is not mailed as it stands."""
    assert (
        wording.told("brand_new_code", "Anna got 5,000.00", "Anna", "payroll") == "Brand new code"
    )


@pytest.mark.parametrize("code", sorted(set(CATALOGUE) - wording.TOLD_AS_STORED))
def test_what_was_found_in_a_line_is_never_a_title(code: str) -> None:
    """Every employee relies on it: a shifted column can't put pay into a mail."""
    told = wording.told(code, "Anna Muster 5,000.00", "KEY", "expense")
    assert "Anna" not in told
    assert "5,000.00" not in told
    assert "{" not in told


def test_every_wording_belongs_to_a_code_of_the_catalogue() -> None:
    """The translator relies on it: no text is kept for a code that is gone."""
    stated = wording.TOLD_AS_STORED | wording.TOLD_FOR_PAYROLL | set(wording._RETOLD)
    assert sorted(stated - set(CATALOGUE)) == []
