"""What must hold after every step of a close, whatever went wrong in it.

I1 no external id twice in the ERP · I2 every source line in exactly one end state · I3 source,
journal and ledger agree, or the difference is an open exception · I4 a rerun changes nothing in
the ledger · I5 nothing is stuck: whatever is not finished has an owner or a next try.
"""

from __future__ import annotations

from typing import Any, Final

from tests.builders.office import MONTH, Rehearsal, names_of
from tests.harness.sources import ROOT
from tieout.finance.states import COMMITTED, IN_LEDGER

#: Journals in these states are finished, or wait for a person who was asked.
_ENDED: Final = IN_LEDGER | {"superseded", "rejected", "awaiting_approval", "reversed"}
_CONTROLS: Final = sorted(path.stem for path in (ROOT / "sql" / "controls").glob("*.sql"))

Line = tuple[str, str, str, int]


def assert_invariants(made: Rehearsal, *, entities: tuple[str, ...]) -> None:
    """I1 to I5 for these entities; I4 posts and ties out once more."""
    assert_once_in_the_ledger(made)
    assert_every_line_ended_once(made)
    assert_controls_hold(made)
    assert_nothing_is_stuck(made)
    before = made.ledger_journals()
    for entity in entities:
        made.post(entity)
        result = made.tie_out(entity)
        told = made.exceptions("tie_out_difference", still_open=True) + made.exceptions(
            "ledger_drift", still_open=True
        )
        assert all(row.ties for row in result.rows) or any(
            each["entity"] == entity for each in told
        )
    assert made.ledger_journals() == before


def assert_once_in_the_ledger(made: Rehearsal) -> None:
    """I1: what we say is in the ledger is there once; nothing else of ours is."""
    in_ledger = [name for name in names_of(made.ledger_journals()) if name != "None"]
    assert len(in_ledger) == len(set(in_ledger))
    stated = made.rows("SELECT external_id, state FROM journal")
    said = {row["external_id"] for row in stated if row["state"] in IN_LEDGER}
    possible = {row["external_id"] for row in stated if row["state"] in COMMITTED}
    assert said <= set(in_ledger)
    assert set(in_ledger) & {row["external_id"] for row in stated} <= possible


def assert_every_line_ended_once(made: Rehearsal) -> None:
    """I2: 1 to n of every document that was read, each in one disposition."""
    wrong = made.rows(
        """
        SELECT document.name, control.read_line_count AS wanted, ended.found
        FROM source_document AS document
        INNER JOIN document_control AS control ON document.sha256 = control.sha256
        INNER JOIN unit_document AS member ON document.sha256 = member.sha256
        CROSS JOIN LATERAL (
            SELECT coalesce(array_agg(line ORDER BY line), '{}') AS found
            FROM disposition AS part CROSS JOIN unnest(lines_of_ranges(part.source_lines)) AS line
            WHERE part.document = document.sha256
        ) AS ended
        WHERE ended.found
            <> ARRAY(SELECT generate_series(1, control.read_line_count))
        """
    )
    assert wrong == []


def assert_controls_hold(made: Rehearsal) -> None:
    """Every control of sql/controls returns no row."""
    with made.office.warehouse.transaction() as work:
        broken = {name: work.rows("controls", name) for name in _CONTROLS}
    assert {name: rows for name, rows in broken.items() if rows} == {}


def assert_nothing_is_stuck(made: Rehearsal) -> None:
    """I5: a journal on its way is unclear and looked up next, queued with a reason, or owned."""
    waiting = made.rows("SELECT external_id, entity, state FROM journal")
    open_objects = {
        row["object_key"]
        for row in made.rows(
            "SELECT object_key FROM open_exception WHERE state NOT IN ('closed', 'waived')"
            " AND owner_role <> ''"
        )
    }
    for row in waiting:
        if row["state"] in _ENDED:
            continue
        # The next run takes these up by itself; all others need somebody who was told.
        assert row["state"] in {"approved", "queued", "sending", "indeterminate"} or (
            row["external_id"] in open_objects
        ), row


def held_lines(entry: dict[str, Any], digits: int) -> list[Line]:
    """The lines of an entry as its ERP shows them: account, center, project, minor units."""
    return sorted(
        (
            line["account"],
            line["department"] or "",
            line["class"] or "",
            to_minor(line["debit"], digits) - to_minor(line["credit"], digits),
        )
        for line in entry["lines"]
    )


def to_minor(text: str | None, digits: int) -> int:
    """Minor units of a decimal text, by its letters alone."""
    whole, _, part = (text or "0").partition(".")
    assert len(part.rstrip("0")) <= digits
    return int(whole + part.rstrip("0").ljust(digits, "0"))


def stored_lines(made: Rehearsal, external_id: str) -> list[Line]:
    """The lines of a journal as approved."""
    return sorted(
        (row["account"], row["cost_center"], row["project"], row["amount_minor"])
        for row in made.rows("SELECT * FROM journal_line WHERE external_id = %s", external_id)
    )


def fingerprint(made: Rehearsal) -> dict[str, Any]:
    """All that a rerun must leave as it is: the ledger, and the tables of what happened."""
    tables = (
        "journal", "journal_line", "lineage_block", "approval", "posting_attempt", "state_change",
        "source_document", "document_delivery", "unit_document", "completeness_certificate",
        "expense_item", "reimbursement_batch", "open_exception", "audit_event",
    )  # fmt: skip
    counted = {name: made.rows(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in tables}  # noqa: S608
    states = made.rows("SELECT external_id, state, content_hash FROM journal ORDER BY 1")
    ended = made.rows(
        "SELECT document, state, reason, external_id, source_lines::text FROM disposition"
        " ORDER BY document, state, reason, external_id"
    )
    return {
        "ledger": made.ledger_journals(),
        "counted": counted,
        "journals": states,
        "ended": ended,
        "period": MONTH,
    }
