"""A small built month in a store of its own: one entity tied out, one that waits, one that is held.

Everything goes through the product's own queries and use cases; only the ledger's answers are
written down directly, since no ledger stands behind these pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

import polars as pl
import pytest

from tieout import bootstrap
from tieout.finance.journals import Journal, JournalKey, JournalKind, JournalLine, Lineage
from tieout.finance.words import finding
from tieout.settings.environment import settings
from tieout.stages.build.build import BuiltJournal
from tieout.warehouse.store import Work
from tieout.workflows.approve import Answer, ask_once, record_answer, wanted
from tieout.workflows.build_rows import (
    copy_dispositions,
    copy_journal_lines,
    copy_lineage,
    copy_source_totals,
    links_of,
)
from tieout.workflows.exceptions import open_exception
from tieout.workflows.journal_store import journal_values
from tieout.workflows.journals import move_journal
from tieout.workflows.office import Office
from tieout.workflows.route import save_items
from tieout.workflows.setup import set_up

PERIOD: Final = "2026-10"
NOW: Final = datetime(2026, 11, 2, 15, 30, tzinfo=UTC)
HOSTILE: Final = "<script>alert('x')</script>\"&{{7*7}}"
#: Rules that the pages read; the store needs no others here.
READ_TABLES: Final = frozenset({"windows", "posting", "cutoffs"})
STAGES: Final = ("extract", "validate", "reconcile", "route", "build")
#: Columns of what `copy_dispositions` takes.
PARTS: Final = (
    "document", "state", "reason", "external_id", "source_lines", "debit_minor", "credit_minor",
)  # fmt: skip
#: A user who covers one entity only.
ONE_ENTITY: Final = "ops_de"


@dataclass(frozen=True)
class SteadyClock:
    """Business time that stands."""

    at: datetime = NOW

    def now(self) -> datetime:
        """Always the same instant."""
        return self.at


@dataclass(frozen=True)
class Month:
    """Names of what was seeded."""

    office: Office
    tied: str
    waiting: str
    expense: str
    document: str
    held_exception: int
    closed_exception: int
    proposal_table: str = "cost_centers"


def office_on(url: str, patch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office on a database, at a steady instant."""
    patch.setenv("TIEOUT_DATABASE_URL", url)
    settings.cache_clear()
    bootstrap._office.cache_clear()
    made = replace(bootstrap.office(), clock=SteadyClock())
    yield made
    made.warehouse.dispose()
    bootstrap._office.cache_clear()
    settings.cache_clear()


def a_document(name: str) -> str:
    """The hash of a document of that name."""
    return hashlib.sha256(name.encode()).hexdigest()


def a_journal(
    entity: str, currency: str, kind: JournalKind, batch: str, *, smallest_group: int = 12
) -> Journal:
    """Two costs against clearing; the second cost stands for `smallest_group` people."""
    return Journal(
        key=JournalKey("test", entity, kind, PERIOD, batch),
        accounting_date=date(2026, 10, 31),
        currency=currency,
        memo=f"{kind.value} {entity} {HOSTILE}",
        lines=(
            JournalLine(1, "6000", 12_500_000, "CC4100", "", "wages", "Wages", 40),
            JournalLine(2, "6000", 1_437_550, "CC4200", "", "wages", "Wages", smallest_group),
            JournalLine(3, "2200", -13_937_550, "", "", "clearing", "Clearing", 52),
        ),
        input_versions=(),
    )


def seed(office: Office) -> Month:
    """Set up the store and build the month."""
    roles = dict(bootstrap.stated_roles(settings()))
    roles[ONE_ENTITY] = ("finance_ops", ["DE01"])
    stated = [row for row in bootstrap.stated_proposals(settings()) if row.table in READ_TABLES]
    set_up(office, roles, stated)
    with office.warehouse.transaction() as work:
        tied = _unit(work, "DE01", "EUR", "de-datev", JournalKind.PAYROLL)
        waiting = _unit(work, "UK01", "GBP", "workday-uk", JournalKind.PAYROLL)
        expense = _unit(work, "DE01", "EUR", "concur", JournalKind.EXPENSE)
        held, closed = _exceptions(work)
        _batch(work, expense)
    _approve(office, "DE01")
    with office.warehouse.transaction() as work:
        for journal, ledger_id in ((tied, "90417"), (expense, "90418")):
            _post(work, journal, ledger_id)
        _tie_out(work, "DE01", "EUR")
    return Month(
        office, tied.external_id, waiting.external_id, expense.external_id,
        a_document("de-datev DE01"), held, closed,
    )  # fmt: skip


def _unit(work: Work, entity: str, currency: str, provider: str, kind: JournalKind) -> Journal:
    """A document of six lines, its unit through all stages, its journal; two lines are held."""
    unit_key = f"{provider}:{entity}:{PERIOD}"
    sha256 = a_document(f"{provider} {entity}")
    journal = a_journal(entity, currency, kind, unit_key)
    _document(work, sha256, entity, provider, currency)
    work.run(
        "extract", "upsert_unit", unit_key=unit_key, provider=provider, kind=kind.value,
        entity=entity, period=PERIOD, at=NOW,
    )  # fmt: skip
    work.run("extract", "add_unit_document", unit_key=unit_key, sha256=sha256)
    for stage in STAGES:
        work.run(
            "extract", "save_stage", unit_key=unit_key, stage=stage, input_key="0" * 64,
            output_sha256="", state="done", row_count=6, finding_count=0, sums={}, altered="",
            at=NOW,
        )  # fmt: skip
    work.run(
        "extract", "set_unit_state", unit_key=unit_key, state="built", blocked_reason="", at=NOW
    )
    _journal(work, journal, unit_key, sha256)
    parts = [
        [sha256, "built", "", journal.external_id, [1, 2, 3, 4], 13_937_550, 13_937_550],
        [sha256, "held", "cost_center_unmapped", "", [5, 6], 9_900, 9_900],
    ]
    copy_dispositions(work, unit_key, pl.DataFrame(parts, schema=PARTS, orient="row"))
    work.rows("build", "insert_certificates", unit_key=unit_key, at=NOW)
    return journal


def _document(work: Work, sha256: str, entity: str, provider: str, currency: str) -> None:
    work.run(
        "extract", "insert_document", sha256=sha256, provider=provider,
        name=f"{provider}-{entity}.txt", size_bytes=10, media_type="text/plain",
        native_ref="", business_key=f"{entity}|{provider}|{PERIOD}", received_at=NOW,
        entity=entity, frame_kind="", frame_sha256="", facts={"run_ref": f"RUN-{entity}"},
        summary={}, findings={},
    )  # fmt: skip
    work.run(
        "extract", "insert_delivery", sha256=sha256, provider=provider,
        name=f"{provider}-{entity}.txt", duplicate=False, received_at=NOW,
    )  # fmt: skip
    totals = {"line_count": 6, "debit_minor": 13_947_450, "credit_minor": 13_947_450}
    work.run(
        "extract", "insert_control", sha256=sha256, origin="stated", currency=currency, **totals
    )
    work.run("validate", "save_read_totals", sha256=sha256, **totals)


def _journal(work: Work, journal: Journal, unit_key: str, sha256: str) -> None:
    work.run(
        "build", "insert_journal", **journal_values(journal), unit_key=unit_key,
        makers=["finance_ops"], at=NOW,
    )  # fmt: skip
    copy_journal_lines(work, [journal])
    sources = ((1, 2), (3,), (1, 2, 3, 4))
    lineage = tuple(
        Lineage(line.number, sha256, lines, line.amount_minor)
        for line, lines in zip(journal.lines, sources, strict=True)
    )
    built = [BuiltJournal.of(journal, lineage, {"wages": 13_937_550, "clearing": -13_937_550})]
    copy_lineage(work, links_of(built))
    copy_source_totals(work, built)
    move_journal(work, journal.external_id, "draft", "validated", NOW)
    move_journal(work, journal.external_id, "validated", "awaiting_approval", NOW)


def _exceptions(work: Work) -> tuple[int, int]:
    held = open_exception(
        work,
        finding("cost_center_unmapped", code=HOSTILE, count=2, entity="UK01"),
        at=NOW, object_kind="unit", object_key=f"workday-uk:UK01:{PERIOD}", entity="UK01",
        period=PERIOD, cause="CC-OLD", item_count=2, at_risk_minor=9_900, currency="GBP",
        due_at=datetime(2026, 11, 5, 18, 0, tzinfo=UTC),
    )  # fmt: skip
    closed = open_exception(
        work,
        finding("document_duplicate", name="copy.csv", first="first.csv"),
        at=NOW, object_kind="document", object_key="copy.csv", period=PERIOD, cause="copy",
    )  # fmt: skip
    work.run(
        "exceptions", "set_exception_state", id=closed, state="closed", closed_at=NOW,
        closed_how="nothing to do",
    )  # fmt: skip
    work.record_transition("open_exception", str(closed), "open", "closed", "tieout", NOW)
    return held, closed


def _batch(work: Work, journal: Journal) -> None:
    sha256 = a_document("concur DE01")
    work.run(
        "route", "insert_batch", batch_key=f"DE01-payroll-{PERIOD}-1", entity="DE01",
        route="payroll", period=PERIOD, sequence=1, cutoff_at=NOW, line_count=1,
        employee_count=1, total_minor=26_544, currency="EUR", at=NOW,
    )  # fmt: skip
    item = {
        "document": sha256, "line_no": 1, "report_key": "RK-1", "report_ref": "ER-1042",
        "document_ref": "FIS-1", "entity": "DE01", "employee_ref": "E-1",
        "approved_at": datetime(2026, 10, 19, 9, 0, tzinfo=UTC), "part": "cost",
        "expense_type": "TRAIN", "amount_minor": 26_544, "currency": "EUR", "payee": "employee",
        "taxable": False, "route": "payroll", "rule": "de-free", "rule_version": 1,
        "pay_code": "", "clearing_account": "2310",
    }  # fmt: skip
    save_items(work, journal.key.batch, pl.DataFrame([item]))
    work.run(
        "route", "put_in_batch", batch_key=f"DE01-payroll-{PERIOD}-1", document=sha256, line_no=1
    )


def _approve(office: Office, entity: str) -> None:
    want = wanted(office, entity, PERIOD)
    assert want is not None
    key = f"month_end_close/close:{PERIOD}:1/entities.approve[0]"
    assert ask_once(office, key, want)
    record_answer(office, key, Answer("controller", approve=True, comment="seen"))


def _post(work: Work, journal: Journal, ledger_id: str) -> None:
    identity = journal.external_id
    move_journal(work, identity, "approved", "queued", NOW)
    work.rows(
        "post", "begin_attempt", external_id=identity, fence=1,
        content_hash=journal.content_hash, at=NOW,
    )  # fmt: skip
    move_journal(work, identity, "queued", "sending", NOW)
    work.run(
        "post", "answer_attempt", external_id=identity, attempt=1, outcome="posted", answer="",
        ledger_ref=ledger_id, at=NOW,
    )  # fmt: skip
    work.run(
        "post", "set_ledger_ref", external_id=identity, ledger_ref=ledger_id,
        ledger_number=f"JE{ledger_id}",
    )  # fmt: skip
    for before, after in (
        ("sending", "posted"),
        ("posted", "read_back"),
        ("read_back", "tied_out"),
    ):
        move_journal(work, identity, before, after, NOW)


def _tie_out(work: Work, entity: str, currency: str) -> None:
    """A first comparison a cent off, then one that ties: both stay."""
    for ledger_wages, state in ((27_875_099, "open"), (27_875_100, "tied")):
        run_id = work.value(
            "tie_out", "insert_run", entity=entity, period=PERIOD, state=state, journal_count=2,
            note="", at=NOW,
        )  # fmt: skip
        for name, total, ledger in (
            ("wages", 27_875_100, ledger_wages),
            ("clearing", -27_875_100, -27_875_100),
        ):
            work.run(
                "tie_out", "insert_row", run_id=run_id, component_class=name, currency=currency,
                source_minor=total, journal_minor=total, ledger_minor=ledger,
            )  # fmt: skip
    work.run("tie_out", "insert_period_close", entity=entity, period=PERIOD, at=NOW)
    work.run("tie_out", "set_period_close", entity=entity, period=PERIOD, state="tied", at=NOW)
