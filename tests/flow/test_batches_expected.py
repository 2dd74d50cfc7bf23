"""Suites on every kind of batch in a close: what is kept of them, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from tests.builders.core import built as built_from
from tests.builders.office import MONTH, PERIOD, Rehearsal
from tests.builders.pay_runs import a_pay_run
from tests.builders.rules import some_rules
from tieout.contracts.suites import SUITES
from tieout.finance.documents import Acknowledged, DocumentRef, Reading, SourceDocument
from tieout.ports import Source, Wanted
from tieout.workflows.journal_store import save_journals
from tieout.workflows.master_data import refresh_people
from tieout.workflows.record_checks import check_journals


@dataclass
class Cut:
    """HR's source on a day when its report is empty."""

    source: Source

    @property
    def provider(self) -> str:
        """As before."""
        return self.source.provider

    def discover(self, wanted: Wanted) -> Sequence[DocumentRef]:
        """Nothing, whatever is wanted."""
        return self.source.discover(wanted)[:0]

    def fetch(self, ref: DocumentRef) -> tuple[bytes, str]:
        """As before."""
        return self.source.fetch(ref)

    def read(self, document: SourceDocument, content: bytes) -> Reading:
        """As before."""
        return self.source.read(document, content)

    def acknowledge(self, documents: Sequence[SourceDocument]) -> Sequence[Acknowledged]:
        """As before."""
        return self.source.acknowledge(documents)


@pytest.mark.promise("S115")
def test_a_month_keeps_what_every_suite_said_with_the_suites_version(built: Rehearsal) -> None:
    """The controller relies on it: which expectation, of which version, on which batch."""
    kept = built.rows("SELECT DISTINCT suite, suite_version FROM expectation_result ORDER BY suite")
    assert {(row["suite"], row["suite_version"]) for row in kept} == {
        (suite.name, suite.version) for suite in SUITES.values()
    }
    journals = built.rows(
        "SELECT external_id, state FROM journal WHERE external_id NOT IN"
        " (SELECT batch_key FROM expectation_result WHERE suite = 'journal')"
    )
    assert journals == []
    wrong = built.rows(
        "SELECT batch_key, expectation FROM expectation_result"
        " WHERE NOT success AND severity = 'critical'"
        " AND expectation NOT LIKE '%%equals the control total'"
    )
    assert wrong == []
    headcounts = built.rows(
        "SELECT headcount, read_headcount FROM document_control WHERE headcount IS NOT NULL"
        " AND read_headcount IS NOT NULL"
    )
    assert headcounts
    assert all(row["headcount"] == row["read_headcount"] for row in headcounts)


def test_an_empty_extract_of_employees_is_told_and_the_last_snapshot_stays(
    built: Rehearsal,
) -> None:
    """HR relies on it: a report that came empty makes nobody a leaver."""
    people = "SELECT code, active, missing FROM reference_object WHERE source = 'people'"
    before = built.rows(f"{people} AND known_to = 'infinity' ORDER BY code")
    assert len(before) > 50
    source = built.office.people()
    office = replace(built.office, people=lambda: Cut(source))
    refresh_people(office, PERIOD)
    assert built.rows(f"{people} AND known_to = 'infinity' ORDER BY code") == before
    (told,) = built.exceptions("expectation_failed")
    assert told["object_kind"] == "master_data"
    refresh_people(built.office, PERIOD)
    assert {row["state"] for row in built.exceptions("expectation_failed")} <= {"closed"}


def test_nobody_is_asked_to_approve_a_journal_that_breaks_what_is_expected(
    built: Rehearsal,
) -> None:
    """The approver relies on it: an account that the ERP does not know never reaches them."""
    rules = some_rules().account("GROSS", debit="6000").account("NET", credit="7490")
    made = built_from(a_pay_run().component("GROSS", "9.00").component("NET", "9.00"), rules)
    item = replace(made.journals[0], links=made.journals[0].links.head(0))
    external_id = item.journal.external_id
    (unit, *_) = built.rows("SELECT unit_key FROM work_unit WHERE period = %s", MONTH)
    with built.office.warehouse.transaction() as work:
        reference = rules.reference(closed=["6000"])
        told = check_journals(built.office.suites, work, [item], reference, built.office.now())
        waiting = [key for key, wrong in told.items() if wrong]
        save_journals(work, [(item, [])], unit["unit_key"], built.office.now(), waiting)
    assert [one.code for one in told[external_id]] == ["expectation_failed"]
    assert "every account is open in the ERP" in told[external_id][0].message
    (stored,) = built.rows("SELECT state FROM journal WHERE external_id = %s", external_id)
    assert stored["state"] == "held"
