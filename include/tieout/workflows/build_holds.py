"""What a build must know beside its rows: batches paid by the run, replaced documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tieout.finance.mappings import MappingSet
from tieout.finance.money import to_text
from tieout.finance.states import COMMITTED
from tieout.workflows.office import Office
from tieout.workflows.units import Claim, kept

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import Built

#: Batches in these states are with payroll and may come back as paid.
WITH_PAYROLL: Final = frozenset(
    {"handed_over", "acknowledged", "partly_settled", "settled", "closed"}
)


def clearing_accounts(mapping: MappingSet) -> list[str]:
    """The clearing accounts of the payroll route."""
    return sorted(
        {
            row["clearing_account"]
            for row in mapping.table("routing")
            if row["route"] == "payroll" and row["clearing_account"]
        }
    )


def _reimbursed(frame: pl.DataFrame, mapping: MappingSet) -> pl.DataFrame:
    import polars as pl

    return frame.filter(
        pl.col("debit_account").fill_null("").is_in(clearing_accounts(mapping))
        & (pl.col("amount_minor") != 0)
    )


def reimbursement_holds(
    office: Office, claim: Claim, frame: pl.DataFrame, mapping: MappingSet
) -> dict[str, list[str]]:
    """Pay runs that reimburse more than was handed over wait: document → holds.

    A run may debit expense clearing only up to the batches it was given.
    """
    if claim.unit["kind"] != "payroll":
        return {}
    paid = _reimbursed(frame, mapping)
    holds: dict[str, list[str]] = {}
    for entity in paid["entity"].unique().sort().to_list():
        rows = paid.filter(paid["entity"] == entity)
        with office.warehouse.transaction() as work:
            given = sum(
                int(batch["total_minor"])
                for batch in work.rows(
                    "route", "batches_of", entity=entity, period=claim.unit["period"]
                )
                if batch["state"] in WITH_PAYROLL
            )
        excess = int(rows["amount_minor"].sum()) - given
        if excess > 0:
            currency = office.company.entity(entity).functional_currency
            cause = f"clearing_unexplained|{to_text(excess, currency)} {currency}"
            for document in rows["document"].unique().to_list():
                holds[document] = [cause]
    return holds


def reimbursed_by_entity(
    claim: Claim, frame: pl.DataFrame, mapping: MappingSet, built: Built
) -> dict[str, int]:
    """What the built run paid through expense clearing, per entity, in minor units."""
    if claim.unit["kind"] != "payroll":
        return {}
    paid = _reimbursed(frame, mapping)
    entities = {item.journal.key.entity for item in built.journals}
    return {
        entity: int(paid.filter(paid["entity"] == entity)["amount_minor"].sum())
        for entity in sorted(entities)
    }


def disposed_replaced(office: Office, claim: Claim) -> list[dict[str, object]]:
    """Lines of documents that a corrected delivery replaced, or that were taken back: excluded."""
    from tieout.stages.validate.rows import validate_rows
    from tieout.stages.validate.totals import document_totals

    with office.warehouse.transaction() as work:
        rows = work.rows("build", "replaced_documents", unit_key=claim.key)
    disposed: list[dict[str, object]] = []
    for row in rows:
        import polars as pl

        nothing = pl.lit([], dtype=pl.List(pl.String))
        frame = kept(office, row["frame_sha256"]).with_columns(
            document=pl.lit(row["sha256"]), holds=nothing
        )
        typed = validate_rows(row["frame_kind"], frame, {}).frame
        for total in document_totals(typed, {}):
            with office.warehouse.transaction() as work:
                work.run(
                    "validate", "save_read_totals", sha256=row["sha256"],
                    line_count=total.line_count, debit_minor=total.debit,
                    credit_minor=total.credit,
                )  # fmt: skip
        # What the ledger holds of it stays built: it is taken back by a journal, not by hand.
        rest = uncommitted(office, claim, typed)
        why = row["superseded_by"]
        disposed += [
            {
                "document": row["sha256"],
                "state": "excluded",
                "reason": f"rule:replaced_by_{why[:12]}" if why else "rule:taken_back",
                "external_id": "",
                "source_lines": rest["line_no"].sort().to_list(),
                "debit_minor": left.debit,
                "credit_minor": left.credit,
            }
            for left in document_totals(rest, {})
        ]
    return disposed


def uncommitted(office: Office, claim: Claim, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows that no journal in the ledger, or on its way there, carries."""
    import polars as pl

    with office.warehouse.transaction() as work:
        lines = work.rows("build", "committed_lines", unit_key=claim.key, states=sorted(COMMITTED))
    if not lines:
        return frame
    runs = pl.DataFrame(
        lines, schema={"document": pl.String, "first_line": pl.Int64, "last_line": pl.Int64}
    )
    booked = runs.select(
        "document", line_no=pl.int_ranges("first_line", pl.col("last_line") + 1)
    ).explode("line_no")
    return frame.join(booked, on=["document", "line_no"], how="anti", maintain_order="left")
