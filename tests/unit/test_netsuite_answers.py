"""What NetSuite's answers to a posting attempt mean."""

from __future__ import annotations

import json

import httpx
import pytest

from tieout.adapters.netsuite.classifier import classify_failure, details
from tieout.adapters.transport import Answer
from tieout.finance.ledger import Indeterminate, Refused

PREFIX = "Error while accessing a resource. "


def refusal(status: int, *texts: str, code: str = "USER_ERROR", **headers: str) -> Answer:
    """An answer with NetSuite's error body."""
    body = {
        "type": "https://www.w3.org/Protocols/rfc2616/rfc2616-sec10.html#sec10.4.1",
        "title": "Bad Request",
        "status": status,
        "o:errorDetails": [{"detail": text, "o:errorCode": code} for text in texts],
    }
    return raw(status, json.dumps(body), **headers)


def raw(status: int, body: str, **headers: str) -> Answer:
    """An answer with any body."""
    return Answer(status, httpx.Headers(headers), body.encode(), 0.1)


def judged(answer: Answer, *, under_load: bool = False) -> Refused | Indeterminate:
    """The verdict, with nothing to redact."""
    return classify_failure(answer, str, under_load=under_load)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("This record already exists.", "same_id_exists"),
        (
            "The transaction date is not within the date range of your accounting period.",
            "date_outside_period",
        ),
        ("You cannot post into a closed period.", "period_closed"),
        ("The posting period Oct 2026 is locked.", "period_closed"),
        ("The date is not within an open accounting period.", "period_closed"),
        ("Invalid department reference key 17 for subsidiary 4.", "erp_wrong_subsidiary"),
        ("The 6000 account cannot be used with the UK Ltd subsidiary.", "erp_wrong_subsidiary"),
        (
            "You have entered an Invalid Field Value 9999 for the following field: account",
            "erp_value_refused",
        ),
        ("Please enter value(s) for: Subsidiary.", "erp_field_missing"),
        ("You must enter a value for Department.", "erp_field_missing"),
        (
            "You do not have permissions to set a value for element grossamt due to a rule",
            "erp_no_right",
        ),
        ("The debits and credits of the journal do not balance.", "journal_unbalanced"),
        ("Our own script says: no journals on Fridays.", "erp_value_refused"),
    ],
)
def test_each_refusal_of_the_ledger_has_its_word(text: str, code: str) -> None:
    """Finance relies on it: the page says what to do, not what HTTP said."""
    verdict = judged(refusal(400, PREFIX + text))
    assert isinstance(verdict, Refused)
    assert (verdict.code, verdict.permanent) == (code, True)
    assert text[:20] in verdict.reason


def test_a_duplicate_among_several_refusals_wins() -> None:
    """Posting relies on it: when our id is taken, looking it up comes before everything else."""
    verdict = judged(
        refusal(400, "Please enter value(s) for: Class.", "This record already exists.")
    )
    assert isinstance(verdict, Refused)
    assert verdict.code == "same_id_exists"
    assert "Class" in verdict.reason


@pytest.mark.parametrize(
    "answer",
    [
        raw(500, '{"o:errorDetails":[{"detail":"Unexpected","o:errorCode":"UNEXPECTED_ERROR"}]}'),
        raw(502, "<html><body>Bad gateway</body></html>"),
        raw(503, ""),
        raw(504, "timeout"),
        raw(400, "<html>Request refused by the firewall</html>"),
        raw(400, ""),
        raw(400, '{"o:errorDetails":[{"detail":"This record alre'),
        raw(302, ""),
        raw(400, "[]"),
    ],
)
@pytest.mark.promise("S84")
def test_what_is_no_clear_answer_is_never_taken_for_a_refusal(answer: Answer) -> None:
    """The controller relies on it: what may have been written is looked up, not sent again."""
    assert isinstance(judged(answer), Indeterminate)


@pytest.mark.parametrize("status", [429, 400, 500])
def test_the_concurrency_limit_is_recognised_whatever_its_status(status: int) -> None:
    """The other integrations rely on it: a blocked request is repeated later, not at once."""
    verdict = judged(
        refusal(
            status,
            "Concurrent request limit exceeded. Request blocked.",
            code="CONCURRENCY_LIMIT_EXCEEDED",
            **{"Retry-After": "30"},
        )
    )
    assert verdict == Refused(
        "erp_busy", "Concurrent request limit exceeded. Request blocked.", permanent=False,
        retry_after_seconds=30,
    )  # fmt: skip


def test_a_refused_sign_in_is_load_only_while_there_is_load() -> None:
    """The platform's owner relies on it: keys are not renewed because of a busy hour."""
    answer = refusal(401, "Invalid login attempt.", code="INVALID_LOGIN")
    calm, busy = judged(answer), judged(answer, under_load=True)
    assert isinstance(calm, Refused)
    assert isinstance(busy, Refused)
    assert (calm.code, calm.permanent) == ("erp_login", True)
    assert (busy.code, busy.permanent) == ("erp_busy", False)


def test_a_missing_right_is_named_also_without_a_known_text() -> None:
    """The ERP's administrator relies on it."""
    verdict = judged(refusal(403, "Zugriff verweigert.", code="INSUFFICIENT_PERMISSION"))
    assert isinstance(verdict, Refused)
    assert verdict.code == "erp_no_right"


def test_error_bodies_are_read_in_any_letter_case_and_with_their_place() -> None:
    """Old and new accounts rely on it: recordings show both spellings."""
    body = '{"O:ERRORDETAILS":[{"Detail":"Bad","o:errorcode":"X","O:errorPath":"line.items[0]"}]}'
    (detail,) = details(raw(400, body))
    assert str(detail) == "Bad (line.items[0])"
    assert detail.code == "X"
