"""Finance's rules and the ERP's master data for tests.

rules = some_rules().account("GROSS", debit="6000", by="cost_center").cost_center("410", "CC410")
reference = rules.reference(closed=["CC440"])
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from tieout.contracts.staged import ReferenceView
from tieout.finance.mappings import MappingRow, MappingSet

COUNTRIES = {"US01": "US", "UK01": "GB", "DE01": "DE", "DE02": "DE", "SE01": "SE", "JP01": "JP"}
START = date(2026, 1, 1)


@dataclass
class Rules:
    """Active mapping rows; every rule is version 1 unless said."""

    provider: str = "de-datev"
    rows: list[MappingRow] = field(default_factory=list)

    def row(
        self, table: str, *, valid_from: date = START, version: int = 1, **content: str
    ) -> Self:
        """Any row of any table."""
        self.rows.append(
            MappingRow(table, version, valid_from, content, author="ada", decided_by="bob")
        )
        return self

    def account(
        self,
        code: str,
        *,
        debit: str = "",
        credit: str = "",
        component_class: str = "",
        by: str = "entity",
        scope: str = "group",
        coding: str = "component",
        provider: str = "*",
        valid_from: date = START,
        version: int = 1,
    ) -> Self:
        """Where a code is booked; `by` is `cost_center`, `cost_center project` or `entity`.

        A source account is classed as a cost on the way, unless a class was said before.
        """
        if coding == "source_account":
            self._class_once(code)
        return self.row(
            "accounts",
            valid_from=valid_from,
            version=version,
            scope=scope,
            provider=provider,
            coding=coding,
            source_code=code,
            component_class=component_class or code.lower(),
            debit_account=debit,
            credit_account=credit,
            dimensions="none" if by == "entity" else by,
            summarise="entity" if by == "entity" else "cost_center",
        )

    def source_class(self, account: str, name: str, *, valid_from: date = START) -> Self:
        """What an account of the provider's vouchers is."""
        stated = {"provider": self.provider, "source_account": account, "class": name}
        self.rows.append(MappingRow("source_account_classes", 1, valid_from, stated, "ada", "bob"))
        return self

    def _class_once(self, account: str) -> None:
        named = {
            row["source_account"] for row in self.rows if row.table == "source_account_classes"
        }
        if account not in named:
            self.source_class(account, "cost")

    def cost_center(
        self,
        code: str,
        erp_code: str,
        percent: str = "100",
        *,
        entity: str = "*",
        provider: str = "*",
        valid_from: date = START,
    ) -> Self:
        """Where a source's cost center (or a share of it) lies in the ERP."""
        return self.row(
            "cost_centers",
            valid_from=valid_from,
            provider=provider,
            entity=entity,
            source_code=code,
            cost_center=erp_code,
            percent=percent,
        )

    def successor(self, closed: str, successor: str, *, entity: str = "*") -> Self:
        """What takes a closed cost center's place."""
        return self.row("successors", entity=entity, cost_center=closed, successor=successor)

    def project(self, code: str, erp_code: str, *, entity: str = "*", provider: str = "*") -> Self:
        """Where a source's project lies in the ERP."""
        return self.row(
            "projects", provider=provider, entity=entity, source_code=code, project=erp_code
        )

    def tax(self, expense_type: str, taxable: str, *, scope: str = "group") -> Self:
        """Whether an expense type is taxable."""
        return self.row("tax_treatment", scope=scope, expense_type=expense_type, taxable=taxable)

    def route(
        self,
        rule: str,
        route: str,
        clearing: str,
        *,
        scope: str = "group",
        payee: str = "employee",
        taxable: str = "*",
        expense_type: str = "*",
        pay_code: str = "",
        version: int = 1,
    ) -> Self:
        """How an approved expense is repaid."""
        return self.row(
            "routing",
            version=version,
            rule=rule,
            scope=scope,
            payee=payee,
            taxable=taxable,
            expense_type=expense_type,
            route=route,
            pay_code=pay_code,
            clearing_account=clearing,
        )

    def mapping(self) -> MappingSet:
        """The set as a build knows it."""
        return MappingSet(self.rows, COUNTRIES, "test")

    def reference(self, *, closed: Iterable[str] = (), absent: Iterable[str] = ()) -> ReferenceView:
        """The ERP knows everything that the rules name, and has closed or lost what is said."""
        closed, absent = set(closed), set(absent)

        def known(*places: tuple[str, str]) -> dict[str, bool]:
            codes = {
                row[column] for row in self.rows for table, column in places if row.table == table
            }
            return {code: code not in closed for code in codes - absent - {""}}

        return ReferenceView(
            accounts=known(("accounts", "debit_account"), ("accounts", "credit_account")),
            cost_centers=known(("cost_centers", "cost_center"), ("successors", "successor")),
            projects=known(("projects", "project")),
        )


def some_rules(provider: str = "de-datev") -> Rules:
    """No rule yet."""
    return Rules(provider)
