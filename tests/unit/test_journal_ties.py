"""Journals that hang together: pairs, parts, opposites, and what lines state beside amounts."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date

import pytest

from tests.builders.journals import a_journal
from tests.builders.worked_example import example_journal
from tieout.finance.journals import (
    KIND_PREFIX,
    Journal,
    JournalKey,
    JournalKind,
    JournalTies,
    JournalUnbalancedError,
    takes_back,
)
from tieout.finance.stored import journal_from_json
from tieout.stages.build.opposites import correction_key, opposite


def tied(**stated: str | int) -> Journal:
    """The builder's journal with ties."""
    return replace(a_journal(), ties=JournalTies(**stated))  # type: ignore[arg-type]  # by name


def in_dollars(*functional: int | None) -> Journal:
    """Two lines in dollars, with their amounts in the entity's own currency."""
    journal = a_journal(("6000", "CC1", "", 100), ("7490", "", "", -100), currency="USD")
    lines = tuple(
        replace(line, functional_minor=amount)
        for line, amount in zip(journal.lines, functional, strict=True)
    )
    return replace(
        journal, lines=lines, rate_basis="ecb 2026-10-30 1.0835", functional_currency="EUR"
    )


def test_every_kind_of_the_model_has_a_prefix_of_its_own() -> None:
    """Who reads the ERP relies on it: three letters say what a journal books."""
    assert set(KIND_PREFIX) == set(JournalKind)
    assert len(set(KIND_PREFIX.values())) == len(JournalKind)
    assert {len(prefix) for prefix in KIND_PREFIX.values()} == {3}
    for kind in JournalKind:
        key = JournalKey("demo", "ACQUIRED_012", kind, "2026-10", "batch")
        assert re.fullmatch(r"[A-Z0-9_-]{1,40}", key.external_id())


def test_what_a_journal_does_not_state_is_not_in_its_content() -> None:
    """An approval of last year relies on it: its hash does not change with new fields."""
    content = json.loads(example_journal().canonical_json())
    assert "pair" not in content
    assert "parts" not in content
    assert "rate_basis" not in content
    assert "functional_minor" not in content["lines"][0]
    assert "tax_code" not in content["lines"][0]


@pytest.mark.parametrize(
    "changed",
    [
        tied(reverses="DE01-PAY-202610-X"),
        tied(supersedes="DE01-PAY-202610-X"),
        tied(pair="DE01-PAY-202610-X"),
        tied(chain="another batch"),
        tied(parts=2),
        in_dollars(92, -92),
    ],
)
def test_what_a_journal_states_is_approved_and_comes_back_from_the_store(changed: Journal) -> None:
    """The controller relies on it: whom a journal reverses can't change after the approval."""
    assert changed.content_hash != a_journal().content_hash
    assert journal_from_json(changed.canonical_json()) == changed


def test_tax_code_and_base_of_a_line_are_kept() -> None:
    """The VAT listing relies on it: code and base stand beside the tax, to the cent."""
    journal = a_journal()
    first = replace(journal.lines[0], tax_code="VAT-DE-19", tax_base_minor=65_789_47)
    stated = replace(journal, lines=(first, *journal.lines[1:]))
    back = journal_from_json(stated.canonical_json())
    assert (back.lines[0].tax_code, back.lines[0].tax_base_minor) == ("VAT-DE-19", 65_789_47)
    assert stated.content_hash != journal.content_hash


@pytest.mark.parametrize("functional", [(92, -91), (92, None)])
def test_functional_amounts_stand_on_every_line_and_balance(
    functional: tuple[int | None, ...],
) -> None:
    """The group's books rely on it: no line is lost between two currencies, and no plug is made."""
    with pytest.raises(JournalUnbalancedError, match="no plug was made"):
        in_dollars(*functional)


def test_functional_amounts_need_their_rate() -> None:
    """The auditor relies on it: an amount in another currency names the rate it came by."""
    with pytest.raises(JournalUnbalancedError):
        replace(in_dollars(92, -92), rate_basis="")


def test_a_part_beyond_the_whole_can_not_exist() -> None:
    """The ledger relies on it: part three of two would be a part of nothing."""
    journal = tied(parts=2)
    with pytest.raises(JournalUnbalancedError, match="part 3 of 2"):
        replace(journal, key=replace(journal.key, part=3))


def test_an_opposite_takes_back_every_line_and_names_the_original() -> None:
    """Correcting relies on it: the sum of both is zero per account and cost center."""
    original = example_journal()
    key = correction_key(original, "2026-11")
    back = opposite(original, key, date(2026, 11, 2), memo="Takes back")
    both = [*original.lines, *back.lines]
    for account, center in {(line.account, line.cost_center) for line in both}:
        here = [x.amount_minor for x in both if (x.account, x.cost_center) == (account, center)]
        assert sum(here) == 0
    assert back.ties.reverses == back.ties.pair == original.external_id
    assert back.correlation_id == original.correlation_id
    assert (back.key.kind, back.key.period) == (JournalKind.CORRECTION, "2026-11")
    assert back.external_id.startswith("DE01-COR-202611-")
    assert ("journal", f"{original.external_id}@{original.content_hash}") in back.input_versions


def test_the_opposite_of_an_opposite_is_the_original_again() -> None:
    """A reversal made in error relies on it: taking it back restores the books, line for line."""
    original = in_dollars(92, -92)
    once = opposite(original, correction_key(original, "2026-11"), date(2026, 11, 2), memo="one")
    twice = opposite(once, correction_key(once, "2026-11"), date(2026, 11, 3), memo="two")
    assert twice.lines == original.lines
    assert len({original.external_id, once.external_id, twice.external_id}) == 3
    assert twice.correlation_id == original.correlation_id


def test_only_the_opposite_of_the_whole_takes_a_journal_back() -> None:
    """The close board relies on it: a journal of which a part was taken back still stands."""
    original = example_journal()
    back = opposite(original, correction_key(original, "2026-11"), date(2026, 11, 2), memo="1")
    assert takes_back(back, original)
    assert not takes_back(back, replace(original, key=replace(original.key, revision=2)))
    first, second, *rest = back.lines
    moved = replace(
        back,
        lines=(
            replace(first, amount_minor=first.amount_minor + 1),
            replace(second, amount_minor=second.amount_minor - 1),
            *rest,
        ),
    )
    assert not takes_back(moved, original)


def test_a_correction_that_is_tried_twice_has_one_identity() -> None:
    """The ledger relies on it: nothing is taken back a second time."""
    original = example_journal()
    assert correction_key(original, "2026-11") == correction_key(original, "2026-11")
    other = replace(original, key=replace(original.key, revision=2))
    assert correction_key(other, "2026-11") != correction_key(original, "2026-11")
