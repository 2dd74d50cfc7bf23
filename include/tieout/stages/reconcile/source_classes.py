"""What an account of a provider's vouchers is decides where it may be booked.

A bank leg of a payroll voucher books a payment that the bank's own statement books too: it goes to
net-pay clearing or a statutory payable, where the bank's debit meets it, never to a bank account.
A reimbursement goes to expense clearing, where the batch that was handed over meets it. An account
that finance has not classed is held: whether it is a cost or a payment is nobody's to guess.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Final

import polars as pl

from tieout.contracts.staged import CODE, Schema, answered, grouped, named, waits
from tieout.finance.mappings import ANY, MappingRow, MappingSet, scope_of

ANSWER: Final[Schema] = {"class_rule": CODE, "_hold": pl.String, "_cause": pl.String}
#: Classes whose accounts a payment may settle.
SETTLED: Final = frozenset({"clearing", "liability"})
#: Classes of rules whose liability a payment may settle.
OWED: Final = frozenset(
    {"net_pay", "employee_tax", "deduction", "employer_tax", "employer_contribution"}
)


def check_source_classes(
    frame: pl.DataFrame, provider: str, mapping: MappingSet, on: date
) -> pl.DataFrame:
    """Add `class_rule`, or what `source_class` waits for, where lines are account-coded.

    Args:
        frame: rows with their accounts.
        provider: whose accounts these are.
        mapping: finance's rules as known.
        on: the day at which the class must hold; an account does not change what it is by line.
    """
    coded = frame.with_columns(
        _account=pl.when(pl.col("coding") == "account").then("source_account")
    )
    columns = ["entity", "_account", "debit_account", "credit_account"]
    distinct, place = grouped(coded, columns)
    targets = _Targets(provider, mapping, on)
    answers = [
        _answer(provider, mapping, on, targets, entity, account, {debit or "", credit or ""} - {""})
        # What books nowhere is told as unmapped already: one cause is told once.
        if account is not None and (debit or credit)
        else {"class_rule": "", **waits("")}
        for entity, account, debit, credit in distinct.iter_rows()
    ]
    return answered(coded, place, answers, ANSWER, "source_class").drop("_account")


class _Targets:
    """The ERP accounts that bank legs and reimbursements of an entity may go to."""

    def __init__(self, provider: str, mapping: MappingSet, on: date) -> None:
        self._provider, self._mapping, self._on = provider, mapping, on
        self.of_bank = cache(self._of_bank)
        self.of_reimbursements = cache(self._of_reimbursements)

    def _of_bank(self, entity: str) -> frozenset[str]:
        """What the entity's rules, of any provider, call owed: net pay, taxes, contributions."""
        found: set[str] = set()
        for row in self._mapping.table("accounts"):
            if scope_of(row) not in self._reaching(entity) or not row.holds_on(self._on):
                continue
            if row["component_class"] in OWED:
                found.add(row["credit_account"] or row["debit_account"])
            elif row["coding"] == "source_account" and self._settles(row):
                found |= {row["debit_account"], row["credit_account"]}
        return frozenset(found - {""})

    def _settles(self, row: MappingRow) -> bool:
        provider = self._provider if row["provider"] in ANY else row["provider"]
        of_class = self._mapping.best(
            "source_account_classes", "", self._on, provider=provider,
            source_account=row["source_code"],
        )  # fmt: skip
        return of_class is not None and of_class["class"] in SETTLED

    def _reaching(self, entity: str) -> set[str]:
        country = self._mapping.countries.get(entity, "")
        return {"group", f"country:{country}", f"entity:{entity}"}

    def _of_reimbursements(self, entity: str) -> frozenset[str]:
        """The clearing accounts of the entity's payroll route."""
        reaching = self._reaching(entity)
        return frozenset(
            row["clearing_account"]
            for row in self._mapping.table("routing")
            if row["route"] == "payroll" and scope_of(row) in reaching and row.holds_on(self._on)
        ) - {""}


def _answer(
    provider: str,
    mapping: MappingSet,
    on: date,
    targets: _Targets,
    entity: str,
    account: str,
    booked: Collection[str],
) -> dict[str, object]:
    row = mapping.best("source_account_classes", "", on, provider=provider, source_account=account)
    if row is None or not row["class"]:
        return {"class_rule": "", **waits("account_unclassed", account)}
    wrong = ""
    if row["class"] == "bank" and not set(booked) <= targets.of_bank(entity):
        wrong = "bank_leg_misplaced"
    if row["class"] == "reimbursement" and not set(booked) <= targets.of_reimbursements(entity):
        wrong = "reimbursement_misplaced"
    return {"class_rule": named(row), **waits(wrong, account if wrong else "")}
