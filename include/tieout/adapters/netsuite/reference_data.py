"""NetSuite's master data in finance's words.

NetSuite's segment "department" carries both our departments and our cost centers: each of its
records is kept as one of either kind, under the same code.
Finance's code of a cost center or project is its external id, else its name. Inactive objects are
kept, so that a mapping to one is told as closed and not as unknown. Of employees, and of vendors
that are people, only numbers are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from tieout.adapters.netsuite.queries import Queries, Row
from tieout.errors import VendorRefusedError
from tieout.finance.ledger import ReferenceObject

#: Columns without which a row is useless; NULL columns are not sent, so the rest can't be checked.
_NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "subsidiaries": ("id", "name", "currency"),
    "accounts": ("id", "accttype"),
    "departments": ("id", "name"),
    "classifications": ("id", "name"),
    "vendors": ("id",),
    "employees": ("id",),
    "currencies": ("id", "symbol", "currencyprecision"),
}


class ReferenceReader:
    """Reads master data; `entities` gives our entity code by NetSuite's subsidiary id."""

    def __init__(self, queries: Queries, entities: Mapping[str, str]) -> None:
        self._queries = queries
        self._entities = entities

    def all_objects(self) -> Sequence[ReferenceObject]:
        """Everything that journals, mappings and alignment may name."""
        objects = list(self.posting_objects())
        objects += self._vendors()
        objects += self._employees()
        return objects

    def posting_objects(self) -> Sequence[ReferenceObject]:
        """Entities, currencies, accounts, departments, cost centers, projects: a journal's names.

        Raises:
            VendorRefusedError: a column that we need is gone.
        """
        subsidiaries = self._rows("subsidiaries")
        currencies = self._rows("currencies")
        family = _Family(subsidiaries, self._entities)
        symbols = {row["id"]: row["symbol"] for row in currencies}
        departments = self._rows("departments")
        return [
            *(self._entity(row, symbols) for row in subsidiaries),
            *(_currency(row) for row in currencies),
            *_tree("account", self._rows("accounts"), family, _account_code, _account_fields),
            *_tree("department", departments, family, _segment_code),
            *_tree("cost_center", departments, family, _segment_code),
            *_tree("project", self._rows("classifications"), family, _segment_code),
        ]

    def _rows(self, name: str) -> Sequence[Row]:
        rows = self._queries.all_rows(name)
        missing = [column for column in _NEEDED[name] for row in rows if column not in row]
        if missing:
            raise VendorRefusedError(
                f"NetSuite's {name} lack the column {missing[0]}.",
                code="contract_drift",
                blocks="ERP lists",
                next_step="Compare our role's rights with the account's Records Catalog.",
            )
        return rows

    def _entity(self, row: Row, symbols: Mapping[str, str]) -> ReferenceObject:
        ours = self._entities.get(row["id"])
        return ReferenceObject(
            kind="entity",
            code=ours or _unknown_entity(row["id"]),
            ref=row["id"],
            name=row["name"],
            active=_is_active(row),
            fields={
                "currency": symbols.get(row["currency"], ""),
                "country": row.get("country", ""),
                "elimination": "yes" if row.get("iselimination") == "T" else "no",
            },
        )

    def _vendors(self) -> list[ReferenceObject]:
        return [
            ReferenceObject(
                kind="vendor",
                code=row.get("externalid", row["id"]),
                ref=row["id"],
                name="" if row.get("isperson") == "T" else row.get("companyname", ""),
                active=_is_active(row),
                fields={"person": "yes" if row.get("isperson") == "T" else "no"},
            )
            for row in self._rows("vendors")
        ]

    def _employees(self) -> list[ReferenceObject]:
        departments = {row["id"]: _segment_code(row) for row in self._rows("departments")}
        return [
            ReferenceObject(
                kind="employee",
                code=row.get("externalid", row["id"]),
                ref=row["id"],
                name="",
                active=_is_active(row),
                entities=(self._entity_code(row["subsidiary"]),) if "subsidiary" in row else (),
                fields={
                    "cost_center": departments.get(row.get("department", ""), ""),
                    "department": departments.get(row.get("department", ""), ""),
                },
            )
            for row in self._rows("employees")
        ]

    def _entity_code(self, subsidiary: str) -> str:
        return self._entities.get(subsidiary, _unknown_entity(subsidiary))


class _Family:
    """The tree of subsidiaries: turns NetSuite's text lists into our entity codes."""

    def __init__(self, rows: Sequence[Row], entities: Mapping[str, str]) -> None:
        self._entities = entities
        self._children: dict[str, list[str]] = {}
        for row in rows:
            if "parent" in row:
                self._children.setdefault(row["parent"], []).append(row["id"])

    def entities_of(self, row: Row) -> tuple[str, ...]:
        """Where an object may be used; empty means everywhere.

        An object of none of our entities keeps a mark, since an empty list would mean everywhere.
        """
        named = [part.strip() for part in row.get("subsidiary", "").split(",") if part.strip()]
        if row.get("includechildren") == "T":
            named = [each for one in named for each in self._with_children(one)]
        ours = {self._entities[one] for one in named if one in self._entities}
        return tuple(sorted(ours or {_unknown_entity(one) for one in named}))

    def _with_children(self, subsidiary: str) -> list[str]:
        seen, waiting = [], [subsidiary]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.append(one)
                waiting += self._children.get(one, [])
        return seen


def _tree(
    kind: str,
    rows: Sequence[Row],
    family: _Family,
    code_of: Callable[[Row], str],
    fields_of: Callable[[Row], Mapping[str, str]] | None = None,
) -> list[ReferenceObject]:
    codes = {row["id"]: code_of(row) for row in rows}
    return [
        ReferenceObject(
            kind=kind,
            code=codes[row["id"]],
            ref=row["id"],
            name=row.get("fullname", row.get("name", "")),
            active=_is_active(row) and row.get("issummary") != "T",
            parent_code=codes.get(row.get("parent", ""), ""),
            entities=family.entities_of(row),
            fields=fields_of(row) if fields_of else {},
        )
        for row in rows
    ]


def _account_code(row: Row) -> str:
    """The account number; accounts without one are known by external id or name."""
    return row.get("acctnumber") or row.get("externalid") or row.get("fullname", row["id"])


def _account_fields(row: Row) -> Mapping[str, str]:
    """A summary account takes no postings, so it counts as inactive and says why."""
    summary = "yes" if row.get("issummary") == "T" else "no"
    return {"type": row["accttype"], "summary": summary}


def _segment_code(row: Row) -> str:
    return row.get("externalid") or row["name"]


def _currency(row: Row) -> ReferenceObject:
    return ReferenceObject(
        kind="currency",
        code=row["symbol"],
        ref=row["id"],
        name=row.get("name", row["symbol"]),
        active=_is_active(row),
        fields={"precision": row["currencyprecision"]},
    )


def _is_active(row: Row) -> bool:
    return row.get("isinactive") != "T"


def _unknown_entity(subsidiary: str) -> str:
    return f"#{subsidiary}"
