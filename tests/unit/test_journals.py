"""Journals: balanced or not at all, with an identity that never changes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest

from tests.builders.journals import a_journal
from tests.builders.worked_example import example_journal
from tieout.errors import ConflictError
from tieout.finance.journals import (
    JournalKey,
    JournalKind,
    JournalLine,
    JournalUnbalancedError,
    list_hash,
)
from tieout.finance.stored import journal_from_json

ROOT = Path(__file__).resolve().parents[2]

#: Pinned for ever: another value would post every open journal a second time.
EXTERNAL_IDS = [
    (
        JournalKey("demo", "DE01", JournalKind.PAYROLL, "2026-10", "de-datev:R-88:1"),
        "DE01-PAY-202610-MIXI7PTBPXGIY6PH",
    ),
    (
        JournalKey("tieout", "US01", JournalKind.EXPENSE, "2026-10", "concur:2026-10"),
        "US01-EXP-202610-QE63E2P6X62WQHCL",
    ),
    (
        JournalKey(
            "tieout", "ACQUIRED_012", JournalKind.EXPENSE, "2026-12", "concur:2026-12", 3, 2
        ),
        "ACQUIRED_012-EXP-202612-BCLSR5ZN7YDQ4BFS",
    ),
]
CONTENT_HASH = "2f699c4fc5726119edff867538dd5f83ceed6daec2ff26bdba0194892bbdc431"


@pytest.mark.parametrize(("key", "external_id"), EXTERNAL_IDS)
def test_an_external_id_never_changes(key: JournalKey, external_id: str) -> None:
    """The ERP finds a journal of last year by it, whatever we have rebuilt since."""
    assert key.external_id() == external_id


def test_an_external_id_fits_the_erps_field() -> None:
    """At most 40 characters of A-Z, 0-9, - and _, even for the longest entity code."""
    for key, _ in EXTERNAL_IDS:
        assert re.fullmatch(r"[A-Z0-9_-]{1,40}", key.external_id())


def test_every_part_of_the_key_changes_the_external_id() -> None:
    """Two runs of one pay date, or two tenants, must never meet under one id."""
    key = EXTERNAL_IDS[0][0]
    others = [
        replace(key, tenant="other"),
        replace(key, entity="DE02"),
        replace(key, kind=JournalKind.EXPENSE),
        replace(key, period="2026-11"),
        replace(key, batch="de-datev:R-88:2"),
        replace(key, revision=2),
        replace(key, part=2),
    ]
    ids = {other.external_id() for other in others} | {key.external_id()}
    assert len(ids) == len(others) + 1


def test_the_external_id_does_not_depend_on_content() -> None:
    """Same id with another content hash is how a conflict is seen."""
    one = a_journal(("6000", "CC1", "", 100), ("7490", "", "", -100))
    two = a_journal(("6000", "CC1", "", 200), ("7490", "", "", -200))
    assert one.external_id == two.external_id
    assert one.content_hash != two.content_hash


def test_anything_that_is_approved_changes_the_content_hash() -> None:
    """An approval is bound to the hash, so an edit after it voids it."""
    journal = example_journal()
    first, *rest = journal.lines
    changed = [
        replace(journal, memo="other"),
        replace(journal, accounting_date=journal.accounting_date.replace(day=30)),
        replace(journal, lines=(replace(first, account="6001"), *rest)),
        replace(journal, lines=(replace(first, cost_center="CC999"), *rest)),
        replace(journal, lines=(replace(first, project="P-1"), *rest)),
        replace(journal, lines=(replace(first, description="other"), *rest)),
        replace(journal, input_versions=journal.input_versions[:-1]),
    ]
    hashes = {other.content_hash for other in changed}
    assert len(hashes) == len(changed)
    assert journal.content_hash not in hashes


def test_the_content_hash_of_the_worked_example_is_pinned() -> None:
    """A change of the canonical form would void approvals that stand."""
    assert example_journal().content_hash == CONTENT_HASH


@pytest.mark.parametrize(
    "environment",
    [
        {"TZ": "Pacific/Kiritimati", "LANG": "C", "PYTHONHASHSEED": "1"},
        {"TZ": "America/New_York", "LANG": "C.utf8", "LC_ALL": "C.utf8", "PYTHONHASHSEED": "2"},
        {"TZ": "Asia/Tokyo", "LC_ALL": "POSIX", "PYTHONUTF8": "0", "POLARS_MAX_THREADS": "1"},
    ],
)
def test_another_time_zone_or_locale_gives_the_same_bytes(environment: dict[str, str]) -> None:
    """A laptop in Tokyo and a server in Berlin build the same journal."""
    code = (
        "import locale, time; locale.setlocale(locale.LC_ALL, ''); time.tzset()\n"
        "from tests.builders.worked_example import example_journal\n"
        "import sys; sys.stdout.write(example_journal().canonical_json())"
    )
    base = {name: value for name, value in os.environ.items() if not name.startswith("LC_")}
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**base, **environment},
        check=True,
        capture_output=True,
    )
    assert ran.stdout == example_journal().canonical_json().encode("ascii")


def test_a_journal_that_does_not_balance_can_not_exist() -> None:
    """One cent is enough, and no line is added to hide it."""
    with pytest.raises(JournalUnbalancedError) as caught:
        a_journal(("6000", "CC1", "", 100), ("7490", "", "", -99))
    assert caught.value.code == "journal_unbalanced"
    assert "off by 1 minor units of EUR" in str(caught.value)
    assert "no plug was made" in str(caught.value)
    assert caught.value.blocks.startswith("journal DE01-PAY-202610-")
    assert caught.value.next_step


def test_a_journal_without_lines_can_not_exist() -> None:
    """It would balance, and prove nothing."""
    with pytest.raises(JournalUnbalancedError):
        replace(a_journal(), lines=())


def test_debits_and_credits_are_magnitudes_of_one_signed_amount() -> None:
    """A line is never both, so the ERP can't get both."""
    journal = example_journal()
    assert all(line.debit_minor == 0 or line.credit_minor == 0 for line in journal.lines)
    assert journal.debit_minor == sum(line.credit_minor for line in journal.lines) == 121_759_56


def test_one_batch_has_one_correlation_id_over_all_revisions() -> None:
    """One search finds the run's first journal and its correction."""
    first = a_journal(batch="de-datev:R-88:1")
    assert first.correlation_id == a_journal(batch="de-datev:R-88:1", revision=2).correlation_id
    assert first.correlation_id != a_journal(batch="de-datev:R-88:2").correlation_id
    assert first.correlation_id == "5fa12874-58c7-52d9-a845-9f137e72cbf6"


def test_one_approval_covers_a_list_in_any_order() -> None:
    """Who approves sees a list; its order is a matter of the page."""
    pairs = [("DE01-PAY-202610-A", "1"), ("DE01-PAY-202610-B", "2")]
    assert list_hash(pairs) == list_hash(pairs[::-1])
    assert list_hash(pairs) != list_hash([("DE01-PAY-202610-A", "2"), pairs[1]])
    assert list_hash(pairs) != list_hash(pairs[:1])


@pytest.mark.parametrize("batch", ["de-datev:R-88:1", "odd|batch|r9|p9", ""])
def test_a_stored_journal_comes_back_as_it_was_built(batch: str) -> None:
    """What is posted is what was approved, byte for byte."""
    journal = a_journal(batch=batch, revision=7)
    back = journal_from_json(journal.canonical_json())
    assert back == journal
    assert back.content_hash == journal.content_hash


def test_a_stored_journal_that_was_altered_is_refused() -> None:
    """Nobody posts what nobody approved: the key, the date or blanks give it away."""
    text = example_journal().canonical_json()
    content = json.loads(text)
    for field, value in [("external_id", "DE01-PAY-202610-OTHER"), ("entity", "DE02")]:
        altered = json.dumps({**content, field: value}, sort_keys=True, separators=(",", ":"))
        with pytest.raises(ConflictError):
            journal_from_json(altered)
    with pytest.raises(ConflictError):
        journal_from_json(json.dumps(content))


def test_a_stored_journal_with_a_changed_amount_does_not_balance() -> None:
    """One digit in the store is seen before anything is sent."""
    text = (
        example_journal()
        .canonical_json()
        .replace('"amount_minor":6000000', '"amount_minor":6000001')
    )
    with pytest.raises(JournalUnbalancedError):
        journal_from_json(text)


def test_all_that_a_line_states_is_in_its_content() -> None:
    """The approver relies on it: nothing of a line can change without its hash."""
    line = JournalLine(1, "6000", 5, "CC1", "P1", "wages", "Wages", 2, 5, "V19", 100)
    assert line.content() == asdict(line)
    assert {field.name for field in fields(JournalLine)} == set(line.content())
