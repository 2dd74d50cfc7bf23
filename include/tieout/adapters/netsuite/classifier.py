"""What an answer to a posting attempt means.

Wording is NetSuite's and may change or be localised, so a refusal that is not recognised stays a
refusal. What is no clear answer at all (server errors, gateway pages, empty or cut bodies) is never
taken for one: it may have been written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tieout.adapters.transport import Answer, one_line
from tieout.finance.ledger import Indeterminate, Refused

#: Our external id is taken: an earlier attempt landed, or another document carries it. Look it up.
SAME_ID_EXISTS: Final = "same_id_exists"
IDEMPOTENCY_ERROR: Final = "IDEMPOTENCY_ERROR"
_BUSY: Final = re.compile(r"concurrent request limit|concurrency_limit_exceeded")
#: Fragments of NetSuite's texts in order of precedence: the first that fits names the refusal.
_FRAGMENTS: Final = tuple(
    (code, re.compile(fragment))
    for code, fragment in (
        (SAME_ID_EXISTS, r"already exists"),
        ("date_outside_period", r"not within the date range of your accounting period"),
        ("period_closed", r"closed period|not within an open accounting period"),
        ("period_closed", r"period\b.*\b(closed|locked)|\b(closed|locked)\b.*\bperiod"),
        (
            "erp_no_right",
            r"not have permission|insufficient.permission|permission violation",
        ),
        ("erp_wrong_subsidiary", r"invalid .* reference key .* for subsidiary"),
        ("erp_wrong_subsidiary", r"cannot be used with the .* ?subsidiary"),
        ("erp_value_refused", r"invalid field value .* for the following field"),
        ("erp_field_missing", r"enter value\(?s?\)? for|must enter a value for"),
        (
            "journal_unbalanced",
            r"(debit.*credit|credit.*debit).*(balance|equal|total)",
        ),
        ("journal_unbalanced", r"(balance|equal|total).*(debit.*credit|credit.*debit)"),
    )
)


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """One of the errors in NetSuite's body."""

    code: str
    detail: str
    path: str = ""

    def __str__(self) -> str:
        return f"{self.detail} ({self.path})" if self.path else self.detail


def overloaded(answer: Answer) -> bool:
    """Whether NetSuite blocked the request for load alone; some say so under another status."""
    if answer.status == 429:
        return True
    return answer.status >= 400 and _BUSY.search(answer.text.lower()) is not None


def details(answer: Answer) -> Sequence[ErrorDetail]:
    """The errors named in the body; empty when it is not NetSuite's JSON."""
    try:
        body = answer.json()
    except ValueError:
        return ()
    if not isinstance(body, Mapping):
        return ()
    named = {str(key).lower(): value for key, value in body.items()}.get("o:errordetails", ())
    return tuple(_detail(each) for each in named if isinstance(each, Mapping))


def is_idempotency_answer(answer: Answer) -> bool:
    """Whether the same asynchronous request was submitted before; `Location` names its job."""
    return any(each.code == IDEMPOTENCY_ERROR for each in details(answer))


def classify_failure(
    answer: Answer, redacted: Callable[[str], str], *, under_load: bool = False
) -> Refused | Indeterminate:
    """What an answer that is no success means for the journal.

    `under_load`: NetSuite blocked requests a short while ago, so that a 401 is a sign of load.
    """
    said = one_line(redacted("; ".join(str(each) for each in details(answer)) or answer.text))
    if overloaded(answer):
        return _busy(said or "too many requests at once", answer.retry_after_seconds())
    if answer.status == 401:
        if under_load:
            return _busy("sign-in refused under load", answer.retry_after_seconds())
        return Refused("erp_login", said or "NetSuite refused our sign-in", permanent=True)
    named = details(answer)
    if answer.status < 400 or answer.status >= 500 or not named:
        return Indeterminate(f"NetSuite answered {answer.status}: {said or 'an empty body'}")
    return Refused(_code(answer.status, named), said, permanent=True)


def _code(status: int, named: Sequence[ErrorDetail]) -> str:
    text = " ".join(each.detail for each in named).lower()
    for code, fragment in _FRAGMENTS:
        if fragment.search(text):
            return code
    if status == 403 or any("PERMISSION" in each.code.upper() for each in named):
        return "erp_no_right"
    return "erp_value_refused"


def _busy(reason: str, retry_after_seconds: int | None) -> Refused:
    return Refused("erp_busy", reason, permanent=False, retry_after_seconds=retry_after_seconds)


def _detail(item: Mapping[str, Any]) -> ErrorDetail:
    named = {str(key).lower(): value for key, value in item.items()}
    where = named.get("o:errorpath") or named.get("o:errorurl") or named.get("o:urlpath") or ""
    return ErrorDetail(str(named.get("o:errorcode", "")), str(named.get("detail", "")), str(where))
