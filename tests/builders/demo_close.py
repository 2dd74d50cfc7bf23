"""A small close for tests of the demonstration: one stated journal, and the ERP's copy of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sandbox.demo.aligned import Aligned
from sandbox.demo.cockpit_api import DocumentEnds, Drift, OpenException, TieOut
from sandbox.demo.proof import LedgerJournal, Line, StatedJournal
from sandbox.demo.proving import Evidence
from sandbox.demo.troubles import Troubles

EXTERNAL_ID = "DE01-PAY-202610-CIJVBKYHY6OPZJ4G"
LINES = (
    Line(1, "2400", "", "", Decimal("-3100.50"), "net_pay"),
    Line(2, "6010", "CC4100", "", Decimal("2000.25"), "earning"),
    Line(3, "6010", "CC4100", "P-1001", Decimal("1100.25"), "earning"),
)
TROUBLES = Troubles(
    closed_entity="DE01",
    closed_cost_center="CC4310",
    successor="CC4320",
    new_type="COWRK",
    new_type_name="Coworking day pass",
    new_type_entity="DE01",
    new_type_account="7120",
    duplicate_entity="DE01",
    duplicate_name="wages_copy.csv",
    mismatch_entity="DE01",
    mismatch_name="wages.csv",
    late_entity="DE01",
    late_report="XEWM3H",
    lost_answer_entity="DE01",
    hand_edit_entity="DE01",
)


def a_stated_journal(*lines: Line) -> StatedJournal:
    """A posted journal as the product states it."""
    return StatedJournal(
        external_id=EXTERNAL_ID,
        entity="DE01",
        kind="payroll",
        state="tied_out",
        currency="EUR",
        ledger_id="90418",
        debit=Decimal("3100.50"),
        lines=lines or LINES,
    )


def in_the_ledger(*lines: Line, ledger_id: str = "90418") -> LedgerJournal:
    """The same journal as the ERP holds it: lines numbered from 0, no classes."""
    return LedgerJournal(
        ledger_id=ledger_id,
        external_id=EXTERNAL_ID,
        entity="DE01",
        period="Oct 2026",
        currency="EUR",
        posting=True,
        lines=tuple(
            replace(line, number=number, component_class="")
            for number, line in enumerate(lines or LINES)
        ),
    )


def an_exception(code: str, title: str, *, state: str = "closed") -> OpenException:
    """A critical exception of DE01."""
    return OpenException(
        exception_id=1,
        code=code,
        severity="critical",
        state=state,
        entity="DE01",
        title=title,
        blocks="4 lines of DE01",
        next_step="Choose its account.",
        owner="finance_ops",
        item_count=4,
        at_risk="12.00",
        currency="EUR",
        closed_how="",
    )


def a_proven_close() -> Evidence:
    """Everything holds, and every seeded trouble was told."""
    total = Decimal("3100.50")
    drift = Drift("DE01", EXTERNAL_ID, "line_changed", "", "", "1", "EUR", "2026-11-02T15:05:00Z")
    return Evidence(
        stated=[a_stated_journal()],
        held=[in_the_ledger()],
        compared={
            "DE01": TieOut(
                "DE01", "EUR", "tied", total, total, total, Decimal(), "", ("tied",), (drift,)
            )
        },
        exceptions=[
            an_exception("cost_center_closed", "Cost center CC4310 is closed in the ERP"),
            an_exception("account_unmapped", "COWRK has no account in DE01"),
            an_exception("document_duplicate", "wages_copy.csv is the same file again"),
            an_exception("control_total_mismatch", "File does not add up: stated 2, read 1"),
            an_exception("cutoff_missed", "XEWM3H missed the cutoff"),
        ],
        documents=[DocumentEnds("de-datev", "wages.csv", "DE01", "current", 10, 9, 0, 1, 0)],
        delivered={"wages.csv": 10},
        broken_controls=[],
        aligned=[Aligned("DE01", 3, 3, 0, 0, {}, "")],
        answer_was_lost=True,
    )
