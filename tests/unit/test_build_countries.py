"""Six countries' pay runs, from the provider's bytes to the journal, line for line."""

from __future__ import annotations

import pytest

from tests.builders.core import build_rows, only_journal, reconciled, states
from tests.builders.country_runs import COUNTRY_RUNS, CountryRun
from tests.unit.reading_a_file import blocking, read
from tieout.finance.journals import Journal
from tieout.stages.build.build import Built
from tieout.stages.extract.unit_frame import ReadDocument, unit_frame


def built(run: CountryRun) -> Built:
    """The run through its reader and all pure verbs."""
    reading = read(run.reader, run.content, run.profile, run.name)
    assert not blocking(reading), reading.findings
    frame = unit_frame(
        [ReadDocument("d" * 64, run.name, reading.frames["pay_line"], reading.findings)]
    )
    rows = reconciled(frame, run.rules, period=run.period)
    return build_rows(rows, period=run.period, currencies={run.entity: run.currency})


def faces(journal: Journal) -> list[tuple[str, str, int]]:
    """Account, cost center and amount of every line, sorted."""
    return sorted((line.account, line.cost_center, line.amount_minor) for line in journal.lines)


@pytest.mark.parametrize("run", COUNTRY_RUNS, ids=lambda run: run.country)
def test_a_countrys_run_is_booked_line_for_line(run: CountryRun) -> None:
    """The local controller relies on it: their journal, with their accounts, to the cent."""
    result = built(run)
    journal = only_journal(result)
    assert faces(journal) == sorted(run.wanted)
    assert journal.debit_minor == sum(amount for *_, amount in run.wanted if amount > 0)
    assert (journal.currency, journal.key.entity) == (run.currency, run.entity)
    assert set(states(result).values()) == {"built"}


@pytest.mark.parametrize("run", COUNTRY_RUNS, ids=lambda run: run.country)
def test_a_countrys_run_keeps_every_component_behind_its_lines(run: CountryRun) -> None:
    """One liability of several components stays explained: its lineage names each of them."""
    result = built(run)
    (item,) = result.journals
    behind: dict[int, int] = {}
    for link in item.lineage:
        behind[link.line_number] = behind.get(link.line_number, 0) + link.amount_minor
    assert behind == {line.number: line.amount_minor for line in item.journal.lines}
    assert sum(item.source_totals.values()) == 0


def test_the_german_wage_clearing_account_ends_at_zero() -> None:
    """The bureau's check of its own file: everything passes through 1755 and nothing stays."""
    (run,) = [run for run in COUNTRY_RUNS if run.country == "DE"]
    journal = only_journal(built(run))
    clearing = [line.amount_minor for line in journal.lines if line.account == "1755"]
    assert sorted(clearing) == [-13270_00, 13270_00]


def test_the_british_liability_is_one_line_of_six_components() -> None:
    """HMRC is owed 17,380.00: PAYE, two NICs, a loan and a levy, less what is recovered."""
    (run,) = [run for run in COUNTRY_RUNS if run.country == "GB"]
    (item,) = built(run).journals
    (line,) = [line for line in item.journal.lines if line.account == "2210"]
    assert line.amount_minor == -(8400 + 3100 + 450 + 6100 + 250 - 920) * 100
    (link,) = [link for link in item.lineage if link.line_number == line.number]
    assert len(link.source_lines) == 6
