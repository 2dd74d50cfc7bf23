"""What differs between a kept journal and its rebuilt one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest

from tests.builders.journals import CLEARING, GROSS, PROJECT, a_journal
from tieout.finance.journals import Journal
from tieout.finance.rebuild_check import Evidence, Reason, Verdict, judge, rule_reasons

KEPT = replace(a_journal(), input_versions=(("document", "aa"), ("rule", "accounts:x@1")))
ID = KEPT.external_id
HASHES = {ID: KEPT.content_hash}
RULES = {"accounts:x@1": "one", "accounts:y@1": "two", "posting:group|payroll@1": "run"}


def judged(rebuilt: Journal | None, now: Evidence | None = None) -> Verdict:
    """The verdict on the kept journal."""
    was = Evidence(RULES, {"aa": "p/one"}, {}, HASHES)
    fresh = now or Evidence(RULES, {"aa": "p/one", "bb": "p/one"})
    return judge(ID, KEPT.canonical_json().encode(), rebuilt, was, fresh)


def test_the_same_bytes_need_no_reason() -> None:
    """The auditor relies on it: other rows may change as they like."""
    now = Evidence({"accounts:y@1": "other"})
    assert judged(KEPT, now) == Verdict(ID, "same")


def test_another_date_in_the_head_is_told_with_the_policy_behind_it() -> None:
    """The controller relies on it: a policy is no input of a line, yet it dates the journal."""
    rebuilt = replace(KEPT, accounting_date=date(2026, 10, 30))
    now = Evidence({**RULES, "posting:group|payroll@1": "atom"}, {"aa": "p/one"})
    verdict = judged(rebuilt, now)
    assert verdict.reasons == (
        Reason("rule", "posting:group|payroll@1", "has other content"),
        Reason("head", "accounting_date", "2026-10-31 before, 2026-10-30 now"),
    )
    assert verdict.lines == ()


def test_the_lines_that_moved_are_told_and_the_others_are_not() -> None:
    """The auditor relies on it: a line that only got another number did not change."""
    moved = ("6005", "CC4100", "", GROSS[3])
    rebuilt = replace(a_journal(PROJECT, moved, CLEARING), input_versions=KEPT.input_versions)
    verdict = judged(rebuilt)
    assert [
        (one.account, one.numbers_before, one.numbers_after, one.before_minor, one.after_minor)
        for one in verdict.lines
    ] == [("6000", (1,), (), GROSS[3], 0), ("6005", (), (2,), 0, GROSS[3])]


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (
            {"bb": "p/two"},
            [("p/one", "is not among the inputs any more"), ("p/two", "is new among the inputs")],
        ),
        ({"bb": "p/one"}, [("p/one", "has other content")]),
        (
            {"aa": "p/one", "bb": "p/two"},
            [("p/one", "gives no line any more"), ("p/two", "is new among the inputs")],
        ),
    ],
)
def test_a_document_is_named_with_what_became_of_it(
    names: dict[str, str], told: list[tuple[str, str]]
) -> None:
    """finance_ops relies on it: which delivery to look at."""
    rebuilt = replace(KEPT, input_versions=(("document", "bb"), KEPT.input_versions[1]))
    verdict = judged(rebuilt, Evidence(RULES, names))
    assert [(one.which, one.how) for one in verdict.reasons] == told


def test_an_altered_file_is_told_against_its_certificate() -> None:
    """The controller relies on it: a balanced alteration does not pass either."""
    other = replace(KEPT, memo="Other words").canonical_json().encode()
    assert hashlib.sha256(other).hexdigest() != HASHES[ID]
    was = Evidence(RULES, {"aa": "p/one"}, {}, HASHES)
    verdict = judge(ID, other, KEPT, was, was)
    assert [(one.what, one.which) for one in verdict.reasons] == [("file", ID), ("head", "memo")]


@pytest.mark.parametrize("rebuilt", [KEPT, None])
def test_a_file_that_is_missing_never_passes_as_the_same(rebuilt: Journal | None) -> None:
    """The auditor relies on it: neither with nor without a journal to compare with."""
    was = Evidence(RULES, {"aa": "p/one"}, {}, HASHES)
    verdict = judge(ID, None, rebuilt, was, was)
    told = Reason("file", ID, "is missing, though the certificate names it")
    assert (verdict.state, told in verdict.reasons) == ("not_kept", True)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"lines":[1],"inputs":[],"key":""}', b"\xff"]
)
def test_bytes_that_are_no_journal_are_told_and_stop_nothing(content: bytes) -> None:
    """The auditor relies on it: one spoiled file does not hide the others' verdicts."""
    was = Evidence(RULES, {}, {}, HASHES)
    verdict = judge(ID, content, KEPT, was, was)
    assert verdict.state == "different"
    assert Reason("file", ID, "can't be read as a journal") in verdict.reasons


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ({"accounts:x@1": "other"}, [("accounts:x@1", "has other content")]),
        ({"accounts:x@2": "more"}, [("accounts:x@2", "is new")]),
        # Nobody's input, but the only row that changed: it may have released a line.
        ({"accounts:y@1": "other"}, [("accounts:y@1", "has other content")]),
        ({}, []),
    ],
)
def test_the_row_is_named_by_what_it_says(now: dict[str, str], told: list[tuple[str, str]]) -> None:
    """The auditor relies on it: a row changed in its place keeps its version, not its content."""
    found = rule_reasons(["accounts:x@1"], ["accounts:x@1", *now], RULES, RULES | now)
    assert [(one.which, one.how) for one in found] == told


def test_without_the_rows_content_their_names_tell() -> None:
    """The auditor relies on it: a build that kept no rules still names versions."""
    found = list(rule_reasons(["accounts:x@1"], ["accounts:x@2"], None, RULES))
    assert found == [
        Reason("rule", "accounts:x@1", "is not used any more"),
        Reason("rule", "accounts:x@2", "was not used before"),
    ]
