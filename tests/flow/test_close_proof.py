"""The certificate of a real month, what it is signed into, and that nothing slips past it."""

from __future__ import annotations

import polars as pl
import pytest

from tests.builders.checkpoints import ENTITIES
from tests.builders.office import MONTH, Rehearsal
from tieout.errors import ConfigurationError, ConflictError, TieoutError
from tieout.finance.certificates import PeriodCertificate
from tieout.stages.validate.totals import what_changed
from tieout.workflows.bridges import clearing_of, exchange_of
from tieout.workflows.certify import period_certificate
from tieout.workflows.expected import answer_expectation, expected_runs
from tieout.workflows.units import from_parquet, to_parquet

ENTITY = "DE01"
EXPENSES = f"concur:concur-{MONTH}"


def certificate(made: Rehearsal, entity: str = ENTITY) -> PeriodCertificate:
    """An entity's certificate as the store stands."""
    with made.office.warehouse.transaction() as work:
        return period_certificate(made.office, work, entity, MONTH)


def test_every_entitys_month_adds_up_from_control_totals_to_journals(tied: Rehearsal) -> None:
    """The controller relies on it: what came in is what was built, excluded and held."""
    for entity in ENTITIES:
        made = certificate(tied, entity)
        assert made.failures == ()
        assert {flow.kind for flow in made.flows} == {"payroll", "expense"}
        assert all(flow.left == flow.right for flow in made.flows)
        assert all(run.state == "arrived" for run in made.expected)
        assert {one.stage for one in made.stages} == {"extract", "validate", "reconcile", "route"}


def test_what_is_held_stands_in_the_certificate_until_it_is_built(built: Rehearsal) -> None:
    """The controller relies on it: held is counted, not left out."""
    held = {entity: sum(flow.held.line_count for flow in certificate(built, entity).flows)
            for entity in ENTITIES}  # fmt: skip
    stored = built.rows(
        "SELECT document.entity, sum(line_count) AS lines FROM disposition"
        " JOIN source_document AS document ON document = sha256 WHERE state = 'held' GROUP BY 1"
    )
    assert {row["entity"]: row["lines"] for row in stored}
    assert {entity: lines for entity, lines in held.items() if lines} == {
        row["entity"]: row["lines"] for row in stored
    }


def test_the_balance_of_each_clearing_account_is_its_open_items(tied: Rehearsal) -> None:
    """The controller relies on it: every cent of the balance is somebody's unpaid item."""
    for entity in ENTITIES:
        with tied.office.warehouse.transaction() as work:
            accounts = clearing_of(work, entity, MONTH)
        ledger = tied.rows(
            "SELECT account, -sum(amount_minor) AS balance FROM ledger_line"
            " WHERE entity = %s AND external_id <> '' GROUP BY account",
            entity,
        )
        balances = {row["account"]: row["balance"] for row in ledger}
        assert {one.route for one in accounts} >= {"payroll", "card"}
        for one in accounts:
            assert one.ties, one
            assert balances[one.account] == one.closing_minor, one


def test_the_exchange_bridge_explains_every_foreign_entry(tied: Rehearsal) -> None:
    """The controller relies on it: approved less difference is the amount at the stated rate."""
    for entity in ENTITIES:
        with tied.office.warehouse.transaction() as work:
            bridges = exchange_of(work, entity, MONTH)
        assert bridges
        for one in bridges:
            assert one.approved_minor - one.difference_minor == one.reference_minor


# ---------------------------------------------------------------- signed into the approval


def test_an_approval_is_void_when_what_came_in_changes(cured: Rehearsal) -> None:
    """The controller relies on it: the same journal over another certificate is asked again."""
    cured.answer(ENTITY)
    cured.post(ENTITY)
    assert set(cured.states(ENTITY).values()) == {"queued"}
    unit = cured.rows("SELECT unit_key FROM work_unit WHERE entity = %s", ENTITY)[0]["unit_key"]
    cured.change(
        "UPDATE document_control SET origin = 'payments_file' WHERE sha256 IN"
        " (SELECT document FROM disposition WHERE unit_key = %s)",
        unit,
    )
    cured.change("DELETE FROM unit_stage WHERE stage = 'build' AND unit_key = %s", unit)
    before = cured.rows("SELECT external_id FROM journal WHERE unit_key = %s", unit)
    cured.build_units()
    after = cured.rows("SELECT external_id, state FROM journal WHERE unit_key = %s", unit)
    assert [row["external_id"] for row in after] == [row["external_id"] for row in before]
    assert [row["state"] for row in after if row["state"] != "superseded"] == ["awaiting_approval"]
    cured.answer(ENTITY)
    cured.post(ENTITY)
    assert set(cured.states(ENTITY).values()) == {"queued"}


def test_an_approval_over_another_certificate_sends_nothing(approved: Rehearsal) -> None:
    """The controller relies on it, should the build not have run again."""
    approved.change("UPDATE document_control SET origin = 'payments_file'")
    notes = approved.post("SE01")
    assert approved.ledger_journals("SE01") == []
    assert "approv" in " ".join(notes.values())


def test_an_answer_to_a_question_over_another_certificate_is_refused(cured: Rehearsal) -> None:
    """The controller relies on it: what was on the screen is what is signed."""
    from tieout.workflows.approve import Answer, ask_once, record_answer

    want = cured.ask(ENTITY)
    assert want is not None
    assert ask_once(cured.office, "request", want)
    cured.change("UPDATE document_control SET origin = 'payments_file'")
    with pytest.raises(ConflictError, match="what became of it, changed"):
        record_answer(cured.office, "request", Answer("controller", approve=True))


# ---------------------------------------------------------------- nothing slips past


def tampered(frame: pl.DataFrame, how: str) -> pl.DataFrame:
    """One line dropped, doubled, or altered by a minor unit."""
    if how == "dropped":
        return frame.slice(1)
    if how == "doubled":
        return pl.concat([frame, frame.head(1)])
    first = pl.int_range(pl.len()) == 0
    return frame.with_columns(
        amount_minor=pl.when(first).then(pl.col("amount_minor") + 1).otherwise("amount_minor")
    )


def tamper(made: Rehearsal, stage: str, how: str) -> None:
    """Put another artefact in the place of what a stage made, as no product code would."""
    row = made.rows(
        "SELECT output_sha256 FROM unit_stage WHERE unit_key = %s AND stage = %s", EXPENSES, stage
    )[0]
    frame = from_parquet(made.office.objects.get(row["output_sha256"], ".parquet"))
    sha256 = made.office.objects.put(to_parquet(tampered(frame, how)), ".parquet")
    made.change(
        "UPDATE unit_stage SET output_sha256 = %s WHERE unit_key = %s AND stage = %s",
        sha256, EXPENSES, stage,
    )  # fmt: skip


@pytest.mark.parametrize("how", ["dropped", "doubled", "altered"])
@pytest.mark.parametrize(
    ("stage", "next_stage"), [("validate", "reconcile"), ("reconcile", "route")]
)
def test_a_line_changed_between_two_stages_fails_the_certificate_and_names_the_place(
    built: Rehearsal, stage: str, next_stage: str, how: str
) -> None:
    """The auditor relies on it: nothing is lost on the way without a name for the way."""
    tamper(built, stage, how)
    with pytest.raises(TieoutError):
        built.build_units("expense")
    failures = [text for entity in ENTITIES for text in certificate(built, entity).failures]
    assert any(text.startswith(f"{next_stage}: unit {EXPENSES}") for text in failures)
    assert all(built.ask(entity) is None for entity in ENTITIES)


def test_a_line_changed_before_the_build_is_refused_by_the_store(built: Rehearsal) -> None:
    """The auditor relies on it: a build that lost a line can't be stored at all."""
    tamper(built, "route", "dropped")
    built.change("UPDATE unit_stage SET input_key = repeat('0', 64) WHERE stage = 'build'")
    with pytest.raises(TieoutError):
        built.build_units("expense")


def test_a_moved_line_is_seen_though_every_sum_is_the_same() -> None:
    """The auditor relies on it: the same amount under another entity or code is another line."""
    frame = pl.DataFrame(
        {
            "document": ["d"] * 3, "line_no": [1, 2, 3], "entity": ["DE01", "DE01", "SE01"],
            "amount_minor": [100, 200, 300], "cost_center_code": ["1", "2", "3"],
        }
    )  # fmt: skip
    first = pl.int_range(pl.len()) == 0
    assert what_changed(frame, frame.reverse()) == ""
    for column, value in (("entity", "SE01"), ("cost_center_code", "3")):
        moved = frame.with_columns(
            pl.when(first).then(pl.lit(value)).otherwise(column).alias(column)
        )
        assert what_changed(frame, moved) == "3 lines came, 3 went on, 1 lost or altered, 1 new"


# ---------------------------------------------------------------- what should have arrived


def test_a_missing_pay_run_is_expected_until_somebody_says_why_not(built: Rehearsal) -> None:
    """Finance relies on it: a run that never comes is as visible as a wrong one."""
    office = built.office
    built.change("UPDATE work_unit SET period = '2026-09' WHERE entity = 'JP01'")
    built.sweep("payroll")
    (told,) = built.exceptions("document_missing", still_open=True)
    assert told["entity"] == "JP01"
    answer_expectation(office, "JP01", "jp-delimited", MONTH, "late", "holiday", "finance_ops")
    built.sweep("payroll")
    (told,) = built.exceptions("document_missing", still_open=True)
    assert told["severity"] == "warning"
    answer_expectation(office, "JP01", "jp-delimited", MONTH, "cancelled", "no run", "finance_ops")
    built.sweep("payroll")
    assert built.exceptions("document_missing", still_open=True) == []
    (run,) = certificate(built, "JP01").expected
    assert (run.state, run.reason, run.by) == ("cancelled", "no run", "finance_ops")


def test_only_a_run_that_is_expected_and_missing_is_explained(built: Rehearsal) -> None:
    """The auditor relies on it: nobody cancels what has arrived, or without a reason."""
    office = built.office
    with pytest.raises(ConflictError, match="has arrived"):
        answer_expectation(office, "JP01", "jp-delimited", MONTH, "cancelled", "x", "finance_ops")
    with pytest.raises(ConfigurationError, match="not expected"):
        answer_expectation(office, "JP01", "de-datev", MONTH, "late", "x", "finance_ops")
    with pytest.raises(ConfigurationError, match="reason is empty"):
        answer_expectation(office, "JP01", "jp-delimited", MONTH, "late", " ", "finance_ops")
    with office.warehouse.transaction() as work:
        assert [run.state for run in expected_runs(office, work, "JP01", MONTH)] == ["arrived"]
