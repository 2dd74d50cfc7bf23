"""The store keeps its promises by itself, and says in our words what would have broken one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
import psycopg
import pytest

from tieout.errors import BusyError, ConflictError, IllegalTransitionError, TieoutError
from tieout.finance.states import TABLES
from tieout.warehouse import audit
from tieout.warehouse.store import Warehouse, Work
from tieout.workflows.build_rows import copy_dispositions
from tieout.workflows.journals import move_journal

AT = datetime(2026, 11, 2, 15, tzinfo=UTC)
DOCUMENT, HASH, OTHER_HASH = "d" * 64, "c" * 64, "e" * 64
UNIT = "de-datev:DE01:DE_MONAT:2026-10:run-1"
JOURNAL = "DE01-PAY-202610-AAAAAAAAAAAAAAAA"


@pytest.fixture
def store(warehouse_url: str) -> Iterator[Warehouse]:
    """A store that knows the legal steps, with one document in one unit."""
    made = Warehouse(warehouse_url)
    with made.transaction() as work:
        work.run_many(
            "setup",
            "add_legal_transition",
            [
                {"object_kind": kind, "from_state": before, "to_state": after}
                for kind, table in TABLES.items()
                for before, afters in table.items()
                for after in afters
            ],
        )
        work.run(
            "extract", "insert_document", sha256=DOCUMENT, provider="de-datev", name="wages.csv",
            size_bytes=10, media_type="text/plain", native_ref="", business_key="key",
            received_at=AT, entity="DE01", frame_kind="pay_line", frame_sha256=HASH, facts={},
            summary={}, findings={},
        )  # fmt: skip
        work.run(
            "extract", "insert_control", sha256=DOCUMENT, origin="manifest", currency="EUR",
            line_count=2, debit_minor=500, credit_minor=500,
        )  # fmt: skip
        work.run(
            "extract", "upsert_unit", unit_key=UNIT, provider="de-datev", kind="payroll",
            entity="DE01", period="2026-10", at=AT,
        )  # fmt: skip
        work.run("extract", "add_unit_document", unit_key=UNIT, sha256=DOCUMENT)
    yield made
    made.dispose()


def put_journal(work: Work, *amounts: int, **changed: object) -> None:
    """A journal with these lines; by default two that balance."""
    stated: dict[str, object] = {
        "external_id": JOURNAL, "journal_key": "tieout|DE01|payroll|2026-10|r1", "entity": "DE01",
        "kind": "payroll", "period": "2026-10", "batch": UNIT, "revision": 1, "part": 1,
        "unit_key": UNIT, "accounting_date": AT.date(), "currency": "EUR", "memo": "Payroll",
        "debit_minor": 500, "line_count": 2, "content_hash": HASH, "content": "{}",
        "correlation_id": "7d1c2f0e-6f53-5a7e-9d0b-3f2a4c1b8e55", "makers": ["finance_ops"],
        "at": AT, "parts": 1, "reverses": None, "supersedes": None, "pair": "", "rate_basis": "",
        "functional_currency": "",
    }  # fmt: skip
    stated |= changed
    work.run("build", "insert_journal", **stated)
    lines = [
        (stated["external_id"], number, "6010", "CC4100", "", "earning", amount, "Wages", 0,
         None, "", None)
        for number, amount in enumerate(amounts or (500, -500), start=1)
    ]  # fmt: skip
    work.copy("build", "copy_journal_lines", pl.DataFrame(lines, orient="row"))


def dispose(work: Work, *parts: tuple[list[int], int, int]) -> None:
    """Say where lines ended, with their sums, and certify the document."""
    work.run(
        "validate", "save_read_totals", sha256=DOCUMENT, line_count=2, debit_minor=500,
        credit_minor=500,
    )  # fmt: skip
    copy_dispositions(work, UNIT, ended(parts))
    work.rows("build", "insert_certificates", unit_key=UNIT, at=AT)


def ended(parts: Sequence[tuple[list[int], int, int]]) -> pl.DataFrame:
    """Held lines with their sums."""
    return pl.DataFrame(
        {
            "document": DOCUMENT,
            "state": "held",
            "reason": "account_unmapped|X",
            "external_id": "",
            "source_lines": [lines for lines, _, _ in parts],
            "debit_minor": [debit for _, debit, _ in parts],
            "credit_minor": [credit for _, _, credit in parts],
        }
    )


def approve(work: Work, by: str, content_hash: str = HASH) -> None:
    """Record an approval."""
    work.run(
        "approve", "insert_approval", external_id=JOURNAL, content_hash=content_hash,
        list_hash=OTHER_HASH, decision="approved", decided_by=by, at=AT, comment="",
        certificate_hash=HASH,
    )  # fmt: skip


def walk(work: Work, *states: str) -> None:
    """Move the journal through states, from draft."""
    for before, after in zip(("draft", *states), states, strict=False):
        move_journal(work, JOURNAL, before, after, AT)


def told(error: TieoutError) -> str:
    """What a person reads; it must not be a driver's text."""
    text = str(error)
    for word in ("psycopg", "constraint", "violates", "DETAIL", "CONTEXT", "SQLSTATE", "relation"):
        assert word not in text
    assert "Next:" in text or error.next_step
    return text


# ---------------------------------------------------------------- journals


@pytest.mark.parametrize(
    ("amounts", "said"), [((500, -499), "is off by 1"), ((500, -300, -200), "3 of 2 lines")]
)
def test_a_journal_that_does_not_balance_or_lacks_a_line_is_not_stored(
    store: Warehouse, amounts: tuple[int, ...], said: str
) -> None:
    """The ledger relies on it, whatever code wrote the lines."""
    with pytest.raises(ConflictError) as caught, store.transaction() as work:
        put_journal(work, *amounts)
    assert said in told(caught.value)
    with store.transaction() as work:
        assert work.rows("build", "journals_of_unit", unit_key=UNIT) == []


def test_the_content_of_a_journal_is_never_edited(store: Warehouse, warehouse_url: str) -> None:
    """An approval relies on it: what was seen stays what it is."""
    with store.transaction() as work:
        put_journal(work)
    for column, value in (("content", '{"edited": true}'), ("content_hash", OTHER_HASH)):
        caught = refused(warehouse_url, f"UPDATE journal SET {column} = %s", value)  # noqa: S608
        assert caught == "journal_content_is_immutable"


def refused(url: str, statement: str, *values: object) -> str | None:
    """The promise that a statement past the product would have broken."""
    with (
        psycopg.connect(url.replace("+psycopg", "")) as direct,
        pytest.raises(psycopg.errors.IntegrityError) as caught,
    ):
        direct.execute(statement, values)
    return caught.value.diag.constraint_name


@pytest.mark.parametrize(
    "changed", [{"journal_key": "another key"}, {"external_id": "DE01-PAY-202610-BBBBBBBBBBBBBBBB"}]
)
def test_neither_an_external_id_nor_a_business_key_exists_twice(
    store: Warehouse, changed: dict[str, str]
) -> None:
    """Posting once relies on it."""
    with store.transaction() as work:
        put_journal(work)
    with (
        pytest.raises(ConflictError, match="exists already") as caught,
        store.transaction() as work,
    ):
        put_journal(work, **changed)
    told(caught.value)


@pytest.mark.parametrize(
    ("changed", "constraint"),
    [
        ({"kind": "guess"}, "journal_kind_is_known"),
        ({"part": 3, "parts": 2}, "journal_part_of_whole"),
        ({"reverses": "DE01-PAY-202610-NEVERBUILT"}, "journal_reverses_fkey"),
    ],
)
def test_ties_that_can_not_be_are_not_stored(
    store: Warehouse, warehouse_url: str, changed: dict[str, object], constraint: str
) -> None:
    """The auditor relies on it: no unknown kind, no part beyond the whole, no lost original."""
    with store.transaction() as work:
        put_journal(work)
    columns = ", ".join(f"{name} = %s" for name in changed)
    statement = f"UPDATE journal SET {columns}"  # noqa: S608 - our own names
    assert refused(warehouse_url, statement, *changed.values()) == constraint


# ---------------------------------------------------------------- completeness


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        (([1], 500, 0), "do not add up to the lines that came in"),
        (([1, 2], 500, 499), "credit 500 in, 499 disposed"),
        (([1, 3], 500, 500), "2 of 2 disposed"),
        (([1, 1], 500, 500), "1 of 2 disposed"),
    ],
)
def test_a_certificate_that_does_not_cover_its_document_is_not_stored(
    store: Warehouse, parts: tuple[list[int], int, int], said: str
) -> None:
    """Sign-off relies on it: one line lost, doubled or off by a cent, and nothing is certified."""
    with pytest.raises(ConflictError) as caught, store.transaction() as work:
        dispose(work, parts)
    assert said in told(caught.value)
    with store.transaction() as work:
        assert work.row("build", "committed_lines", unit_key=UNIT, states=["held"]) is None


def test_two_parts_that_share_a_line_are_no_certificate(store: Warehouse) -> None:
    """Sign-off relies on it: a line that ended twice would be booked twice."""
    with pytest.raises(ConflictError, match="do not add up"), store.transaction() as work:
        dispose(work, ([1, 2], 250, 250), ([2], 250, 250))
    with store.transaction() as work:
        dispose(work, ([1], 500, 0), ([2], 0, 500))


# ---------------------------------------------------------------- approvals


@pytest.mark.promise("S50")
@pytest.mark.parametrize(("by", "content"), [("finance_ops", HASH), ("controller", OTHER_HASH)])
def test_a_maker_can_not_approve_and_nobody_approves_other_content(
    store: Warehouse, by: str, content: str
) -> None:
    """The auditor relies on it: the store itself refuses, whoever asks it."""
    with store.transaction() as work:
        put_journal(work)
    with pytest.raises(ConflictError) as caught, store.transaction() as work:
        approve(work, by, content)
    assert "a maker may not approve" in told(caught.value)


def test_the_same_answer_is_recorded_once(store: Warehouse) -> None:
    """A double click is one approval."""
    for _ in range(2):
        with store.transaction() as work:
            if work.rows("build", "journals_of_unit", unit_key=UNIT) == []:
                put_journal(work)
            approve(work, "controller")
    with store.transaction() as work:
        found = work.rows(
            "approve", "standing_approvals", external_id=JOURNAL, content_hash=HASH,
            certificate_hash=HASH,
        )  # fmt: skip
    assert [row["decided_by"] for row in found] == ["controller"]


def test_the_author_of_a_rule_can_not_decide_on_it_in_the_store_either(store: Warehouse) -> None:
    """The auditor relies on it, past the product's own check."""
    with store.transaction() as work:
        row = work.row(
            "reconcile", "insert_mapping_row", table_name="cutoffs", natural_key="DE01|2026-10",
            content={}, valid_from=AT.date(), valid_to=None,
            author="finance_ops", reason="x", created_at=AT,
        )  # fmt: skip
    assert row is not None
    with pytest.raises(ConflictError, match="may not decide on it"), store.transaction() as work:
        work.run(
            "reconcile", "decide_mapping_row", id=row["id"], state="active",
            decided_by="finance_ops", decided_at=AT, known_from=AT,
        )  # fmt: skip


# ---------------------------------------------------------------- states and history


@pytest.mark.promise("S47")
def test_an_illegal_step_is_refused_by_code_and_by_store(
    store: Warehouse, warehouse_url: str
) -> None:
    """Every page that shows a state relies on it."""
    with store.transaction() as work:
        put_journal(work)
    with pytest.raises(IllegalTransitionError) as caught, store.transaction() as work:
        walk(work, "posted")
    assert "may not go from draft to posted" in told(caught.value)
    with pytest.raises(IllegalTransitionError), store.transaction() as work:
        work.run(
            "build", "set_journal_state", external_id=JOURNAL, from_state="draft",
            to_state="posted", reason="", at=AT,
        )  # fmt: skip
    with pytest.raises(IllegalTransitionError), store.transaction() as work:
        work.record_transition("journal", JOURNAL, "draft", "posted", "somebody", AT)
    assert refused(warehouse_url, "UPDATE journal SET state = 'posted'") == "state_change_is_legal"


@pytest.mark.promise("S47")
def test_history_is_only_ever_longer_and_folds_to_the_present_state(
    store: Warehouse, warehouse_url: str
) -> None:
    """The auditor relies on it: how a journal came to be where it is can't be rewritten."""
    with store.transaction() as work:
        put_journal(work)
        walk(work, "validated", "awaiting_approval", "approved", "queued")
    with store.transaction() as work:
        assert work.rows("controls", "states_without_history") == []
    for statement in (
        "UPDATE state_change SET to_state = 'superseded'",
        "DELETE FROM state_change",
        "TRUNCATE state_change",
    ):
        assert refused(warehouse_url, statement) == "state_change_is_append_only"


def test_a_step_from_a_state_that_somebody_left_is_a_conflict(store: Warehouse) -> None:
    """Two runs rely on it: the second one does not move what the first one moved."""
    with store.transaction() as work:
        put_journal(work)
        walk(work, "validated")
    with (
        pytest.raises(ConflictError, match="no longer stands in draft") as caught,
        store.transaction() as work,
    ):
        move_journal(work, JOURNAL, "draft", "validated", AT)
    told(caught.value)


@pytest.mark.promise("S69")
def test_the_audit_log_is_append_only_and_a_forged_row_shows(
    store: Warehouse, warehouse_url: str
) -> None:
    """The auditor relies on it: who did what, when and why, in an unbroken chain."""
    for number in range(3):
        with store.transaction() as work:
            act = audit.Act("controller", "approved", "journal", JOURNAL, f"reason {number}")
            audit.record(work, act, AT)
    with store.transaction() as work:
        assert audit.first_broken_link(work) is None
    for statement in ("UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"):
        assert refused(warehouse_url, statement) == "audit_event_is_append_only"
    # The table's owner switches the guard off and edits, or deletes, one row.
    table = "ALTER TABLE audit_event"
    forge = f"{table} DISABLE TRIGGER ALL; {{}} WHERE sequence = {{}}; {table} ENABLE TRIGGER ALL"
    with psycopg.connect(warehouse_url.replace("+psycopg", "")) as direct:
        direct.execute(forge.format("UPDATE audit_event SET actor = 'x'", 2))
    with store.transaction() as work:
        assert audit.first_broken_link(work) == 2
    with psycopg.connect(warehouse_url.replace("+psycopg", "")) as direct:
        direct.execute(forge.format("DELETE FROM audit_event", 1))
    with store.transaction() as work:
        assert audit.first_broken_link(work) == 1


# ---------------------------------------------------------------- attempts, leases, fences


def begin(work: Work) -> Any:
    """Begin an attempt."""
    return work.row("post", "begin_attempt", external_id=JOURNAL, fence=1, content_hash=HASH, at=AT)


def test_no_second_attempt_begins_while_one_is_in_the_air(store: Warehouse) -> None:
    """Posting once relies on it: until an unclear attempt is resolved nothing is sent."""
    with store.transaction() as work:
        put_journal(work)
        assert begin(work) == {"attempt": 1}
    for outcome in ("", "indeterminate"):
        if outcome:
            with store.transaction() as work:
                work.run(
                    "post", "answer_attempt", external_id=JOURNAL, attempt=1, outcome=outcome,
                    answer="", ledger_ref="", at=AT,
                )  # fmt: skip
        with (
            pytest.raises(ConflictError, match="already in the air") as caught,
            store.transaction() as work,
        ):
            begin(work)
        told(caught.value)
    with store.transaction() as work:
        work.run(
            "post", "resolve_attempt", external_id=JOURNAL, attempt=1, resolved="absent",
            ledger_ref="", at=AT,
        )  # fmt: skip
        assert begin(work) == {"attempt": 2}


def test_a_holder_whose_journal_was_taken_over_saves_nothing(store: Warehouse) -> None:
    """Airflow relies on it: a task that is cleared lives on for a while, and must not write."""
    with store.transaction() as work:
        put_journal(work)
    claims = []
    for holder in ("task", "task"):
        with store.transaction() as work:
            claims.append(
                work.row("post", "claim_journal", external_id=JOURNAL, holder=holder, seconds=60)
            )
    old, new = claims
    assert old is not None
    assert new is not None
    assert new["fence"] == old["fence"] + 1
    with store.transaction() as work:
        other = work.row("post", "claim_journal", external_id=JOURNAL, holder="another", seconds=60)
        assert other is None
        for fence, found in ((old["fence"], None), (new["fence"], JOURNAL)):
            row = work.row("post", "fenced_journal", external_id=JOURNAL, fence=fence)
            assert (row and row["external_id"]) == found
        # The old holder's release frees nothing.
        assert work.run("post", "release_journal", external_id=JOURNAL, fence=old["fence"]) == 0


def test_a_lease_that_ran_out_is_taken_by_the_databases_clock(
    store: Warehouse, warehouse_url: str
) -> None:
    """A close relies on it: a run that died holds back nobody for ever, whatever its clock said."""
    with store.transaction() as work:
        assert work.row("extract", "claim_unit", unit_key=UNIT, holder="dead", seconds=600)
        assert work.row("extract", "claim_unit", unit_key=UNIT, holder="next", seconds=600) is None
    with psycopg.connect(warehouse_url.replace("+psycopg", "")) as direct:
        direct.execute("UPDATE work_unit SET lease_until = clock_timestamp() - interval '1 s'")
    with store.transaction() as work:
        claim = work.row("extract", "claim_unit", unit_key=UNIT, holder="next", seconds=600)
        assert claim == {"fence": 2}
        assert work.row("extract", "fenced_unit", unit_key=UNIT, fence=1) is None


def test_a_stage_whose_unit_was_taken_over_saves_nothing(store: Warehouse) -> None:
    """A close relies on it: a stage's result is stored under its fence, or not at all."""
    from types import SimpleNamespace

    from tieout.workflows.units import StageResult, claimed, run_stage

    office: Any = SimpleNamespace(warehouse=store, now=lambda: AT)

    def taken_over() -> StageResult:
        with store.transaction() as work:
            work.row("extract", "claim_unit", unit_key=UNIT, holder="close:1", seconds=600)
        return StageResult(row_count=2)

    with (
        claimed(office, UNIT, "close:1") as claim,
        pytest.raises(BusyError, match="taken over by another run; nothing was saved"),
    ):
        run_stage(office, claim, "extract", HASH, taken_over)
    with store.transaction() as work:
        assert work.row("extract", "stage_of_unit", unit_key=UNIT, stage="extract") is None


# ---------------------------------------------------------------- the store itself


def test_a_store_that_is_gone_is_told_in_a_sentence() -> None:
    """Operations rely on it: no driver's text, and the command that helps."""
    nobody = Warehouse("postgresql+psycopg://nobody@127.0.0.1:9/nothing")
    with pytest.raises(TieoutError) as caught, nobody.transaction():
        raise AssertionError("nobody answers there")
    assert caught.value.code == "store_unavailable"
    assert "The warehouse is out of reach" in told(caught.value)


def test_an_error_in_the_middle_leaves_nothing_of_a_transaction(store: Warehouse) -> None:
    """A rerun relies on it: half a build never stands in the store."""

    def fail_in_the_middle() -> None:
        with store.transaction() as work:
            put_journal(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_the_middle()
    with store.transaction() as work:
        assert work.rows("build", "journals_of_unit", unit_key=UNIT) == []
