"""Where the store keeps what each contract describes, and each of its fields.

A field stands in a column, or as text inside a column of JSON (`column.name`). The tests compare
types and nullability with the database's own, and every kept row with its published schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from tieout.contracts.row_fields import CONTRACTS


@dataclass(frozen=True, slots=True)
class Kept:
    """The place of one contract's rows, a table or a view.

    Attributes:
        only: column → value of the rows meant, where the table keeps several kinds.
        elsewhere: field → `column` or `column.name`, where it is not called as in the contract.
    """

    contract: str
    table: str
    only: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    elsewhere: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def place(self, name: str) -> tuple[str, str]:
        """Column of a field, and its name inside the column's JSON (empty: the column itself)."""
        column, _, inner = self.elsewhere.get(name, name).partition(".")
        return column, inner

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields of the contract."""
        return tuple(one.name for one in CONTRACTS[self.contract].fields)


def _inside(column: str, *names: str) -> dict[str, str]:
    return {name: f"{column}.{name}" for name in names}


def _object(contract: str, kind: str, **elsewhere: str) -> Kept:
    return Kept(contract, "reference_object", {"kind": kind}, elsewhere)


KEPT: Final = (
    _object("legal_entity", "entity", functional_currency="fields.currency",
            **_inside("fields", "country", "elimination")),
    _object("department", "department"),
    _object("cost_center", "cost_center"),
    _object("project", "project"),
    _object("account", "account", **_inside("fields", "type", "summary")),
    _object("vendor", "vendor", **_inside("fields", "person")),
    Kept("employee_record", "reference_object", {"kind": "employee", "source": "people"},
         _inside("fields", "cost_center_code", "department", "project_code", "pay_group",
                 "payroll_provider", "expense_ref", "hire_date", "leave_date")),
    Kept("expense_type", "mapping_row",
         {"table_name": "accounts", "content.coding": "expense_type"},
         _inside("content", "source_code", "scope", "provider", "component_class",
                 "debit_account", "dimensions", "summarise")),
    Kept("fx_rate", "exchange_difference", elsewhere={
        "from_currency": "spend_currency", "to_currency": "currency", "wanted_on": "spend_date",
        "rate": "reference_rate", "published_on": "reference_date", "source": "reference_source",
    }),
    Kept("pay_run", "source_document", {"frame_kind": "pay_line"},
         {"document": "sha256", "run_status": "facts.status",
          **_inside("facts", "pay_group", "period", "run_ref", "sequence", "run_kind",
                    "currency", "pay_date")}),
    Kept("control_total", "document_control", elsewhere={"document": "sha256"}),
    Kept("reimbursement_batch", "reimbursement_batch"),
    Kept("journal", "journal"),
    Kept("journal_line", "journal_line"),
    Kept("lineage", "lineage"),
    Kept("lineage_link", "lineage_link"),
)  # fmt: skip
