"""Source, journal and ledger side by side: equal, or the class that is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders.core import built
from tests.builders.worked_example import example_rules, example_run
from tieout.finance.journals import Journal
from tieout.finance.ledger import LedgerEntry, LedgerLine
from tieout.stages.build.build import BuiltJournal
from tieout.stages.tie_out.classes import UNMATCHED, ClassRow, compare_classes


def the_example() -> BuiltJournal:
    """The worked example with what its sources sum to."""
    return built(example_run(), example_rules()).journals[0]


def in_ledger(journal: Journal) -> LedgerEntry:
    """The ledger's faithful copy."""
    return LedgerEntry(
        "901", journal.external_id, "DE01", "2026-10", journal.accounting_date, "EUR",
        posting=True, memo="",
        lines=tuple(
            LedgerLine(str(line.number), line.account, line.amount_minor, line.cost_center)
            for line in journal.lines
        ),
    )  # fmt: skip


def compared(made: BuiltJournal, entries: list[LedgerEntry]) -> dict[str, ClassRow]:
    """Rows by class."""
    rows = compare_classes([made.journal], {made.journal.external_id: made.source_totals}, entries)
    return {row.component_class: row for row in rows}


@pytest.mark.promise("S40")
def test_register_journal_and_ledger_tie_per_class() -> None:
    """Three sources of one number, for every class of the run."""
    made = the_example()
    rows = compared(made, [in_ledger(made.journal)])
    assert all(row.ties for row in rows.values())
    assert rows["wages"] == ClassRow("wages", "EUR", 100_000_00, 100_000_00, 100_000_00)
    assert sum(row.source_minor for row in rows.values()) == 0
    assert len(rows) == 6


@pytest.mark.promise("S40")
@pytest.mark.parametrize("number", range(8))
def test_one_cent_in_the_ledger_unties_its_class_and_no_other(number: int) -> None:
    """The difference is listed by class, with all three numbers."""
    made = the_example()
    entry = in_ledger(made.journal)
    lines = list(entry.lines)
    lines[number] = replace(lines[number], amount_minor=lines[number].amount_minor + 1)
    rows = compared(made, [replace(entry, lines=tuple(lines))])
    untied = [name for name, row in rows.items() if not row.ties]
    assert untied == [made.journal.lines[number].component_class]
    assert rows[untied[0]].ledger_minor - rows[untied[0]].journal_minor == 1


def test_what_the_ledger_lacks_does_not_tie() -> None:
    """Neither a missing entry nor one that the ERP holds without posting it counts."""
    made = the_example()
    for entries in ([], [replace(in_ledger(made.journal), posting=False)]):
        rows = compared(made, entries)
        assert not any(row.ties for row in rows.values())
        assert {row.ledger_minor for row in rows.values()} == {0}


def test_a_ledger_line_on_a_foreign_account_is_unmatched_and_seen() -> None:
    """Moved by hand to an account that the journal does not use."""
    made = the_example()
    entry = in_ledger(made.journal)
    lines = (replace(entry.lines[0], account="9999"), *entry.lines[1:])
    rows = compared(made, [replace(entry, lines=lines)])
    assert rows[UNMATCHED] == ClassRow(UNMATCHED, "EUR", 0, 0, 60_000_00)
    assert rows["wages"].ledger_minor == 40_000_00


def test_a_journal_that_lost_a_line_of_its_source_does_not_tie() -> None:
    """The source's totals are kept apart from the journal's on purpose."""
    made = the_example()
    short = replace(made, source_totals={**made.source_totals, "wages": 100_000_01})
    assert not compared(short, [in_ledger(made.journal)])["wages"].ties


def test_currencies_are_never_added() -> None:
    """The same class in two currencies is two rows."""
    made = the_example()
    other = replace(made.journal, key=replace(made.journal.key, entity="US01"), currency="USD")
    rows = compare_classes([made.journal, other], {}, [])
    wages = {row.currency: row.journal_minor for row in rows if row.component_class == "wages"}
    assert wages == {"EUR": 100_000_00, "USD": 100_000_00}
