"""route: decide the way of each approved expense part; payroll rows pass unchanged."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Final

from tieout.finance.periods import calendar_month
from tieout.warehouse.store import Work
from tieout.workflows.batches import cut_and_hand_over
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.record_checks import check_rates
from tieout.workflows.units import (
    Claim,
    StageResult,
    claimed,
    input_key,
    kept,
    previous_output,
    run_stage,
)

if TYPE_CHECKING:
    import polars as pl

    from tieout.finance.mappings import MappingSet

#: Whose published rates an entry is compared with.
RATE_SOURCE: Final = "European Central Bank, reference rate"
#: Columns of an expense item as the store keeps them.
ITEM = (
    "document", "line_no", "report_key", "report_ref", "document_ref", "entity", "employee_ref",
    "approved_at", "part", "expense_type", "amount_minor", "currency", "payee", "taxable",
    "route", "rule", "rule_version", "pay_code", "clearing_account",
)  # fmt: skip


def route(office: Office, unit_key: str, holder: str) -> bool:
    """Run the stage; False when nothing was new. Raises BusyError."""
    with claimed(office, unit_key, holder) as claim:
        before = previous_output(office, claim, "route")
        if not before:
            return False
        if claim.unit["kind"] == "payroll":
            key = input_key("route", "payroll", before)
            return run_stage(office, claim, "route", key, lambda: StageResult(kept=before))
        with office.warehouse.transaction() as work:
            mapping = known_mappings(office, work, office.now())
        key = input_key("route", "4", before, mapping.version, rates_known_to(office, claim))
        ran = run_stage(
            office, claim, "route", key,
            lambda: routed(office, claim, kept(office, before), mapping),
        )  # fmt: skip
    cut_and_hand_over(office)
    return ran


def routed(office: Office, claim: Claim, frame: pl.DataFrame, mapping: MappingSet) -> StageResult:
    """Expense parts with their route; the items and what other rates would have given."""
    from tieout.stages.route.exchange import bridge_entries
    from tieout.stages.route.route import route_expenses
    from tieout.stages.validate.totals import passed_on, what_changed

    on, rates = _ends(claim), office.rates()
    bridged = bridge_entries(
        route_expenses(frame, mapping, on), mapping, on, rates.series, rates.rate
    )
    ways, bridges = bridged.frame, bridged.bridges
    items = _payable(ways)

    def also_save(work: Work) -> None:
        check_rates(
            office.suites, work, claim.key, str(claim.unit["period"]), bridged.asked, rates,
            office.now(),
        )  # fmt: skip
        save_items(work, claim.key, items)
        work.run("route", "forget_exchange_differences", unit_key=claim.key)
        work.run_many(
            "route",
            "save_exchange_difference",
            [{**asdict(bridge), "reference_source": RATE_SOURCE} for bridge in bridges],
        )

    return StageResult(
        frame=ways, row_count=ways.height, findings=[("", told) for told in bridged.told],
        sums=passed_on(ways), altered=what_changed(frame, ways), also_save=also_save,
    )  # fmt: skip


def rates_known_to(office: Office, claim: Claim) -> date:
    """The newest publication that a unit's rates can depend on.

    One that came since may fill a gap; one after the period can't.
    """
    return min(office.rates().last_published, _ends(claim))


def _ends(claim: Claim) -> date:
    return calendar_month(str(claim.unit["period"])).ends


def _payable(frame: pl.DataFrame) -> pl.DataFrame:
    """Parts with a route; a document that is held as a whole is not paid either."""
    import polars as pl

    return frame.filter(
        (pl.col("route") != "")
        & (pl.col("document_holds").list.len() == 0)
        & (pl.col("is_test") != "yes")
    )


def save_items(work: Work, unit_key: str, parts: pl.DataFrame) -> None:
    """Store approved parts with their routes, `parts` with the columns of `ITEM`.

    What was handed over to payroll already is not routed anew.
    """
    import polars as pl

    if parts.is_empty():
        return
    waits = pl.when(pl.col("route").is_in(["payroll", "ap"]))
    items = parts.select(
        *ITEM,
        unit_key=pl.lit(unit_key),
        payment_state=waits.then(pl.lit("routed")).otherwise(pl.lit("closed")),
    )
    work.run("route", "begin_expense_items")
    work.copy("route", "copy_expense_items", items)
    work.run("route", "merge_expense_items")
