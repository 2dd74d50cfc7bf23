"""Reimbursement batches: cut by the payroll cutoff, handed over as a file with control totals.

An item approved at or before the cutoff of a period rides in that period's batch; a later one is
carried to the next and reported. Only the payment moves: the cost stays where it was approved.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from tieout.finance.mappings import MappingSet
from tieout.finance.money import to_text
from tieout.finance.words import finding
from tieout.warehouse import audit
from tieout.warehouse.store import Row, Work
from tieout.workflows.exceptions import SERVICE, close_exceptions, open_exception, was_told
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office


class Cutoff(NamedTuple):
    """Until when an approval reaches the payroll of a period."""

    at: datetime
    period: str


def cutoffs_of(office: Office, mapping: MappingSet, entity: str) -> list[Cutoff]:
    """The entity's payroll cutoffs as instants, earliest first."""
    zone = ZoneInfo(office.company.entity(entity).timezone)
    return sorted(
        Cutoff(datetime.fromisoformat(row["payroll_cutoff"]).replace(tzinfo=zone), row["period"])
        for row in mapping.table("cutoffs")
        if row["entity"] == entity
    )


def cut_and_hand_over(office: Office) -> None:
    """Cut what is due and hand over what is cut; safe to repeat."""
    with office.warehouse.transaction() as work:
        # One cutter at a time; a second one finds nothing left.
        work.rows("route", "lock_cutting")
        mapping = known_mappings(office, work, office.now())
        netted = work.rows("route", "payable_through_payroll")
        for entity in sorted({row["entity"] for row in netted}):
            _cut_entity(office, work, mapping, entity, [r for r in netted if r["entity"] == entity])
    _hand_over(office)


def _cut_entity(
    office: Office, work: Work, mapping: MappingSet, entity: str, netted: Sequence[Row]
) -> None:
    cutoffs = cutoffs_of(office, mapping, entity)
    by_period: dict[Cutoff, list[Row]] = {}
    report_net: dict[tuple[str, str], int] = {}
    for row in netted:
        who = (row["employee_ref"], row["report_key"])
        report_net[who] = report_net.get(who, 0) + row["amount_minor"]
    for row in netted:
        if report_net[row["employee_ref"], row["report_key"]] <= 0:
            continue  # the employee owes us: nothing to pay, the clearing account stays open
        reached = [c for c in cutoffs if row["approved_at"] <= c.at]
        first = reached[0] if reached else None
        if first is not None and work.rows(
            "route", "batches_of", entity=entity, period=first.period
        ):
            first = reached[1] if len(reached) > 1 else None
        if first is not None:
            by_period.setdefault(first, []).append(row)
            _tell_if_late(
                office, work, row, cutoffs, first,
                report_net[row["employee_ref"], row["report_key"]],
            )  # fmt: skip
    for cutoff, rows in sorted(by_period.items()):
        if cutoff.at <= office.now():
            _cut(office, work, entity, cutoff, rows)


def _tell_if_late(
    office: Office,
    work: Work,
    row: Row,
    cutoffs: Sequence[Cutoff],
    reached: Cutoff,
    owed_minor: int,
) -> None:
    """A cutoff in the month of approval was missed: say so the same day."""
    entity = office.company.entity(row["entity"])
    month = f"{entity.local_date(row['approved_at']):%Y-%m}"
    missed = [c for c in cutoffs if c.period == month and c.at < row["approved_at"]]
    if not missed or was_told(work, "report", row["report_key"], "cutoff_missed", missed[0].period):
        return
    told = finding(
        "cutoff_missed",
        report=row["report_ref"],
        cutoff=missed[0].at.strftime("%Y-%m-%d %H:%M"),
        approved=row["approved_at"]
        .astimezone(ZoneInfo(entity.timezone))
        .strftime("%Y-%m-%d %H:%M"),
    )
    opened = open_exception(
        work, told, at=office.now(), object_kind="report", object_key=row["report_key"],
        period=month, cause=missed[0].period, entity=entity.code, batch=reached.period,
        item_count=row["line_count"], at_risk_minor=owed_minor,
        currency=row["currency"], due_at=reached.at,
    )  # fmt: skip
    close_exceptions(
        work, [opened], f"carried over to the payroll of {reached.period}", office.now()
    )


def _cut(office: Office, work: Work, entity: str, cutoff: Cutoff, rows: Sequence[Row]) -> None:
    batch_key = f"{entity}-payroll-{cutoff.period}-1"
    touched = work.run(
        "route", "insert_batch", batch_key=batch_key, entity=entity, route="payroll",
        period=cutoff.period, sequence=1, cutoff_at=cutoff.at,
        line_count=sum(row["line_count"] for row in rows),
        employee_count=len({row["employee_ref"] for row in rows}),
        total_minor=sum(row["amount_minor"] for row in rows),
        currency=rows[0]["currency"], at=office.now(),
    )  # fmt: skip
    if not touched:
        return
    items = [item.rsplit(":", 1) for row in rows for item in row["items"]]
    work.run_many(
        "route",
        "put_in_batch",
        [{"batch_key": batch_key, "document": d, "line_no": int(n)} for d, n in items],
    )


def _hand_over(office: Office) -> None:
    with office.warehouse.transaction() as work:
        waiting = work.rows("route", "batches_to_hand_over")
    for batch in waiting:
        with office.warehouse.transaction() as work:
            lines = work.rows("route", "batch_lines", batch_key=batch["batch_key"])
        content = hand_over_file(batch, lines)
        name = f"{batch['batch_key']}.csv"
        office.objects.put(content)
        office.hand_over(f"{batch['entity']}/{name}", content)
        with office.warehouse.transaction() as work:
            at = office.now()
            touched = work.run(
                "route", "hand_over_batch", batch_key=batch["batch_key"],
                file_sha256=hashlib.sha256(content).hexdigest(), file_name=name, at=at,
            )  # fmt: skip
            if touched:
                work.record_transition(
                    "reimbursement_batch", batch["batch_key"], "cut", "handed_over", SERVICE, at
                )
                work.run(
                    "route", "set_payment_state", batch_key=batch["batch_key"],
                    payment_state="handed_over",
                )  # fmt: skip
                audit.record(
                    work,
                    audit.Act(SERVICE, "handed over", "reimbursement_batch", batch["batch_key"],
                              details={"lines": len(lines)}),
                    at,
                )  # fmt: skip


def hand_over_file(batch: Mapping[str, object], lines: Sequence[Mapping[str, object]]) -> bytes:
    """CSV: one header, a line per employee, report and pay code, a trailer with control totals."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    currency = str(batch["currency"])
    writer.writerow(["record", "employee", "report", "pay_code", "amount", "currency"])
    total = 0
    for line in lines:
        amount = int(str(line["amount_minor"]))
        total += amount
        writer.writerow(
            ["line", line["employee_ref"], line["report_ref"], line["pay_code"],
             to_text(amount, currency), currency]
        )  # fmt: skip
    writer.writerow(
        ["total", batch["batch_key"], "", len(lines), to_text(total, currency), currency]
    )
    return buffer.getvalue().encode("utf-8")


def settle_from_register(
    work: Work, entity: str, period: str, reimbursed_minor: int, at: datetime
) -> None:
    """The pay run is the read-back of the batch: settled when all of it was paid."""
    for batch in work.rows("route", "batches_of", entity=entity, period=period):
        if batch["state"] not in {"handed_over", "acknowledged", "partly_settled"}:
            continue
        full = reimbursed_minor >= batch["total_minor"]
        state = "settled" if full else "partly_settled"
        if state == batch["state"]:
            continue
        work.run(
            "route", "settle_batch", batch_key=batch["batch_key"], state=state,
            paid_minor=min(reimbursed_minor, batch["total_minor"]),
        )  # fmt: skip
        work.record_transition(
            "reimbursement_batch", batch["batch_key"], batch["state"], state, SERVICE, at
        )
        if full:
            work.run(
                "route", "set_payment_state", batch_key=batch["batch_key"], payment_state="paid"
            )
