"""The generated month of five entities, from four kinds of source into the ERP's ledger."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from decimal import Decimal

import pytest

from supervisor.postgres import Cluster
from tests.builders.checkpoints import ENTITIES, from_checkpoint
from tests.builders.invariants import (
    assert_every_line_ended_once,
    assert_invariants,
    fingerprint,
    held_lines,
    stored_lines,
)
from tests.builders.office import MONTH, PERIOD, STAGES, Rehearsal, names_of
from tests.harness.company import (
    COMPONENT_CODED,
    PROVIDERS,
    Seeds,
    account_rows,
    parts_of,
    route_of,
    sums,
)
from tieout.finance.money import minor_digits
from tieout.workflows.sweep import due_units
from tieout.workflows.trace import trace


@pytest.fixture(scope="module")
def closed(
    cluster: Cluster, _template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rehearsal]:
    """The month posted and tied out, shared by tests that only look."""
    home = tmp_path_factory.mktemp("closed") / "home"
    with (
        pytest.MonkeyPatch.context() as patch,
        from_checkpoint("tied", cluster, _template, home, patch) as made,
    ):
        yield made


def by_account(made: Rehearsal, entity: str, kind: str) -> dict[str, Decimal]:
    """What the ERP's ledger holds of a kind of journal, net by account."""
    prefix = f"{entity}-{kind}-"
    pairs = [
        (line["account"], Decimal(line["debit"] or 0) - Decimal(line["credit"] or 0))
        for entry in made.ledger_journals(entity)
        if entry["externalId"].startswith(prefix)
        for line in entry["lines"]
    ]
    return {account: net for account, net in sums(pairs).items() if net}


def payroll_by_account(seeds: Seeds, entity: str) -> dict[str, Decimal]:
    """What the register says, through finance's account table alone."""
    coding = "component" if entity in COMPONENT_CODED else "source_account"
    rows = account_rows(entity, PROVIDERS[entity], coding)
    pairs: list[tuple[str, Decimal]] = []
    for line in seeds.pay_lines(entity):
        row = rows.get(line.code)
        if row is None or row["component_class"] == "information":
            continue
        pairs += [(row["debit_account"], line.amount)] if row["debit_account"] else []
        pairs += [(row["credit_account"], -line.amount)] if row["credit_account"] else []
    return {account: net for account, net in sums(pairs).items() if net}


def expenses_by_account(seeds: Seeds, entity: str) -> dict[str, Decimal]:
    """What the approved reports say, through finance's account and routing tables alone."""
    types = account_rows(entity, "concur", "expense_type")
    new_type = seeds.troubles["unmapped_expense_type"]
    types[new_type["code"]] = {"debit_account": new_type["account"]}
    taxes = account_rows(entity, "concur", "tax")
    parties = account_rows(entity, "concur", "party")
    pairs: list[tuple[str, Decimal]] = []
    for document in seeds.documents(entity):
        for part in parts_of(document):
            if not part.amount:
                continue
            clearing = route_of(entity, part)["clearing_account"]
            match part.kind:
                case "tax_reclaimable":
                    pairs += [(taxes[part.tax]["debit_account"], part.amount)]
                case "personal" | "advance":
                    pairs += party_legs(parties, part.kind, part.amount, clearing)
                    continue
                case _:
                    pairs += [(types[part.expense_type]["debit_account"], part.amount)]
            pairs += [(clearing, -part.amount)]
    return {account: net for account, net in sums(pairs).items() if net}


def party_legs(
    parties: dict[str, dict[str, str]], kind: str, amount: Decimal, clearing: str
) -> list[tuple[str, Decimal]]:
    """A personal item stays with the card's issuer; an advance comes back from its account."""
    row = parties["company_card" if kind == "personal" else "cash_advance"]
    return [(row["debit_account"] or row["credit_account"], amount), (clearing, -amount)]


def test_the_ledger_holds_exactly_the_approved_journals_once(closed: Rehearsal) -> None:
    """The controller relies on it: the ERP's own ledger, line by line, not our tables about it."""
    journals = {
        row["external_id"]: row
        for row in closed.rows("SELECT * FROM journal WHERE state <> 'superseded'")
    }
    entries = closed.ledger_journals()
    assert names_of(entries) == sorted(journals)
    assert {row["entity"] for row in journals.values()} == set(ENTITIES)
    for entry in entries:
        row = journals[entry["externalId"]]
        stored = stored_lines(closed, entry["externalId"])
        assert held_lines(entry, minor_digits(row["currency"])) == stored
        assert (entry["subsidiaryExternalId"], entry["currency"], entry["periodName"]) == (
            row["entity"], row["currency"], "Oct 2026",
        )  # fmt: skip
        assert (entry["posting"], row["state"], entry["id"]) == (
            True, "tied_out", row["ledger_ref"],
        )  # fmt: skip


@pytest.mark.promise("S40")
@pytest.mark.parametrize("entity", ENTITIES)
def test_the_register_the_journal_and_the_ledger_agree_account_by_account(
    closed: Rehearsal, entity: str
) -> None:
    """Finance relies on it: the bureau's own file, summed by a stranger, equals the ledger."""
    seeds = Seeds(closed.home)
    assert by_account(closed, entity, "PAY") == payroll_by_account(seeds, entity)
    rows = closed.rows(
        "SELECT * FROM tie_out_row WHERE run_id ="
        " (SELECT max(id) FROM tie_out_run WHERE entity = %s)",
        entity,
    )
    assert len(rows) > 10
    assert {row["difference_minor"] for row in rows} == {0}


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_approved_reports_and_the_ledger_agree_account_by_account(
    closed: Rehearsal, entity: str
) -> None:
    """Finance relies on it: net cost, reclaimable tax, cards and what is owed, to the cent."""
    assert by_account(closed, entity, "EXP") == expenses_by_account(Seeds(closed.home), entity)


def test_every_source_line_of_every_document_ended_in_exactly_one_place(
    closed: Rehearsal,
) -> None:
    """The auditor relies on it: in = built + held + excluded + carried over, by line number."""
    assert_every_line_ended_once(closed)
    counted = closed.rows("SELECT state, sum(line_count) AS n FROM disposition GROUP BY state")
    ended = {row["state"]: row["n"] for row in counted}
    lines_in = closed.rows("SELECT sum(read_line_count) AS n FROM document_control")[0]["n"]
    assert sum(ended.values()) == lines_in
    assert set(ended) == {"built", "excluded"}


def test_every_document_has_a_certificate_of_its_stated_totals(closed: Rehearsal) -> None:
    """Sign-off relies on it: what was certified is what the source itself says it sent."""
    rows = closed.rows(
        """
        SELECT document.name, document.provider, control.*, proof.in_count, proof.in_debit_minor,
               proof.in_credit_minor, proof.origin AS proven_by
        FROM source_document AS document
        INNER JOIN unit_document AS member
            ON member.sha256 = document.sha256 AND member.superseded_by IS NULL
        INNER JOIN document_control AS control ON control.sha256 = document.sha256
        LEFT JOIN LATERAL (
            SELECT * FROM completeness_certificate AS every
            WHERE every.document = document.sha256 ORDER BY revision DESC LIMIT 1
        ) AS proof ON TRUE
        """
    )
    assert len(rows) > 500
    for row in rows:
        assert (row["line_count"], row["debit_minor"], row["credit_minor"]) == (
            row["in_count"], row["in_debit_minor"], row["in_credit_minor"],
        ), row["name"]  # fmt: skip
    origins = {row["provider"]: row["proven_by"] for row in rows}
    assert origins["de-datev"] == origins["se-sie"] == origins["jp-delimited"] == "manifest"
    assert origins["workday-us"] == origins["workday-uk"] == "stated"


@pytest.mark.promise("S15")
def test_fifty_lines_of_the_ledger_lead_back_to_lines_rules_and_approver(
    closed: Rehearsal,
) -> None:
    """The auditor relies on it: any line resolves, from the ERP's own ledger to the source."""
    lines = [
        (entry["externalId"], entry["id"], line["line"])
        for entry in closed.ledger_journals()
        for line in entry["lines"]
    ]
    content = {
        row["external_id"]: json.loads(row["content"])
        for row in closed.rows("SELECT external_id, content FROM journal")
    }
    for external_id, ledger_id, place in random.Random(20).sample(lines, 50):
        # NetSuite numbers lines from 0; ours count from 1 and travel in its memo.
        links = closed.rows(
            "SELECT link.*, line.amount_minor AS line_minor FROM lineage AS link"
            " INNER JOIN journal_line AS line USING (external_id, line_number)"
            " WHERE external_id = %s AND line_number = %s",
            external_id, place + 1,
        )  # fmt: skip
        assert sum(link["amount_minor"] for link in links) == links[0]["line_minor"]
        assert all(link["link_count"] for link in links)
        with closed.office.warehouse.transaction() as work:
            found = trace(work, ledger_id, lambda _: True)
        assert found is not None
        (journal,) = found.journals
        assert journal.head["external_id"] == external_id
        assert [act["decided_by"] for act in journal.approvals] == ["controller"]
        assert journal.approvals[0]["decided_at"] <= journal.attempts[0]["sent_at"]
        rules = [value for kind, value in content[external_id]["inputs"] if kind == "rule"]
        assert rules
        assert all("@" in rule for rule in rules)


@pytest.mark.promise("S117")
def test_only_sums_leave_for_the_erp_and_nobody_is_named(closed: Rehearsal) -> None:
    """Employees rely on it: no line of the ledger names a person or bears an employee number."""
    # Amounts apart, since a sum may look like a number of somebody.
    entries = closed.ledger_journals()
    texts = {str(value) for entry in entries for key, value in entry.items() if key != "lines"} | {
        str(line[name])
        for entry in entries
        for line in entry["lines"]
        for name in ("memo", "account", "department", "class")
    }
    shown = "\n".join(sorted(texts))
    seeds = Seeds(closed.home)
    people = {row["Worker_ID"] for row in seeds.workday["reports"]["Tieout_Workers"]["rows"]}
    people |= {
        item["content"]["document"]["employee"]["employeeLastName"]
        for item in seeds.concur["documents"]
    }
    assert len(people) > 500
    assert sorted(name for name in people if name in shown) == []
    kept = closed.rows("SELECT count(DISTINCT document) AS n FROM lineage")[0]["n"]
    assert kept > 500
    counted = closed.rows(
        "SELECT (SELECT count(*) FROM journal_line INNER JOIN journal USING (external_id)"
        " WHERE state <> 'superseded') AS lines,"
        " (SELECT sum(read_line_count) FROM document_control) AS source_lines"
    )[0]
    assert counted["lines"] < counted["source_lines"] / 2


@pytest.mark.promise("S60")
def test_a_second_full_run_changes_nothing(tied: Rehearsal) -> None:
    """The controller relies on it: a close may be started again at any time."""
    before = fingerprint(tied)
    for number in (2, 3):
        tied.read_master_data()
        worked = tied.build_units(holder=f"close:{number}")
        for entity in ENTITIES:
            assert tied.ask(entity) is None
            assert tied.post(entity, f"close:{number}") == {}
            assert tied.tie_out(entity).state == "tied"
        after = fingerprint(tied)
        # The second run certifies once more that what is posted covers its documents.
        after["counted"].pop("completeness_certificate")
        assert after == {**before, "counted": after["counted"]}
        assert after["counted"].items() <= before["counted"].items()
    assert not any(worked)
    assert_invariants(tied, entities=ENTITIES)


@pytest.mark.promise("S74")
@pytest.mark.promise("S60")
def test_any_stage_may_run_again_alone_in_any_order_and_number(approved: Rehearsal) -> None:
    """Operations rely on it: clearing any one task, once or five times, is always harmless."""
    before = fingerprint(approved)
    units = due_units(approved.office, PERIOD)
    again = [(stage, unit) for stage in STAGES for unit in units]
    draws = random.Random(7)
    for stage, unit in draws.sample(again, len(again)) + draws.choices(again, k=20):
        for _ in range(draws.choice((1, 2, 5))):
            assert stage(approved.office, unit, "cleared") is False
    assert fingerprint(approved) == before
    for entity in ENTITIES:
        for _ in range(draws.choice((1, 2, 5))):
            approved.post(entity)
            approved.tie_out(entity)
    assert names_of(approved.ledger_journals()) == sorted(
        row["external_id"]
        for row in approved.rows(
            "SELECT external_id FROM journal WHERE period = %s AND state = 'tied_out'", MONTH
        )
    )
    assert_invariants(approved, entities=ENTITIES)
