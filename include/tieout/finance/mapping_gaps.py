"""What is in use and has no rule: told before rules become active.

What is in use is stated by the caller: codes that provider profiles declare, and codes that were
seen. A question without a posting, date or window policy, or without a route, refuses an activation
that brings it about: nothing could be built or repaid. A code without an account or place only
holds its own lines, so it is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from tieout.errors import ConfigurationError
from tieout.finance.mapping_checks import Complaint, ComplaintKind
from tieout.finance.mappings import MappingRow, MappingSet, scope_of

#: Policies that every entity needs for each kind of journal it may get.
POLICIES: Final = ("posting", "dates_and_rates", "windows")


@dataclass(frozen=True)
class InUse:
    """What rules are asked for.

    Attributes:
        entities: code → the kinds of journal it gets.
        codes: (entity, provider, coding, code) of pay components, source accounts, expense types.
        cost_centers: (entity, provider, code).
        projects: (entity, provider, code).
        accounts: (provider, account) of account-coded vouchers.
        payees: entity → who may be repaid there.
        expense_types: entity → the types that are spent there.
    """

    entities: Mapping[str, frozenset[str]] = field(default_factory=dict)
    codes: frozenset[tuple[str, str, str, str]] = frozenset()
    cost_centers: frozenset[tuple[str, str, str]] = frozenset()
    projects: frozenset[tuple[str, str, str]] = frozenset()
    accounts: frozenset[tuple[str, str]] = frozenset()
    payees: Mapping[str, frozenset[str]] = field(default_factory=dict)
    expense_types: Mapping[str, frozenset[str]] = field(default_factory=dict)


def gaps(mapping: MappingSet, used: InUse, on: date, tables: Iterable[str] = ()) -> list[Complaint]:
    """Questions in use that no rule answers on a day.

    Args:
        mapping: the rules.
        used: what they are asked for.
        on: the day.
        tables: only these; empty asks of all.
    """
    wanted = frozenset(tables)
    found = (
        item
        for part in (_policies, _codes, _dimensions, _classes, _routes)
        for item in part(mapping, used, on)
    )
    return sorted({item for item in found if not wanted or item.table in wanted})


def _gap(table: str, subject: str, said: str, *, refuses: bool = False) -> Complaint:
    return Complaint(ComplaintKind.GAP, table, subject, said, refuses)


def _answer(
    mapping: MappingSet, table: str, entity: str, on: date, **wanted: str
) -> MappingRow | bool | None:
    """The row; true when two would answer, which is told as a conflict, not as a gap."""
    try:
        return mapping.best(table, entity, on, **wanted)
    except ConfigurationError:
        return True


def _policies(mapping: MappingSet, used: InUse, on: date) -> Iterator[Complaint]:
    for entity, kinds in sorted(used.entities.items()):
        for kind in sorted(kinds):
            for table in POLICIES:
                if _answer(mapping, table, entity, on, journal_kind=kind) is None:
                    said = f"No row of {table} covers {kind} of {entity} on {on}."
                    yield _gap(table, f"{entity}|{kind}", said, refuses=True)


def _codes(mapping: MappingSet, used: InUse, on: date) -> Iterator[Complaint]:
    for entity, provider, coding, code in sorted(used.codes):
        row = _answer(
            mapping, "accounts", entity, on, provider=provider, coding=coding, source_code=code
        )
        if row is None:
            said = f"{coding} {code} of {provider} has no account in {entity} on {on}."
            yield _gap("accounts", f"{entity}|{provider}|{coding}|{code}", said)


def _dimensions(mapping: MappingSet, used: InUse, on: date) -> Iterator[Complaint]:
    for entity, provider, code in sorted(used.cost_centers):
        if not mapping.split_of(provider, entity, code, on):
            said = f"Cost center {code} of {provider} has no place in {entity} on {on}."
            yield _gap("cost_centers", f"{entity}|{provider}|{code}", said)
    for entity, provider, code in sorted(used.projects):
        row = _answer(mapping, "projects", entity, on, provider=provider, source_code=code)
        if row is None:
            said = f"Project {code} of {provider} has no place in {entity} on {on}."
            yield _gap("projects", f"{entity}|{provider}|{code}", said)


def _classes(mapping: MappingSet, used: InUse, on: date) -> Iterator[Complaint]:
    for provider, account in sorted(used.accounts):
        row = _answer(
            mapping, "source_account_classes", "", on, provider=provider, source_account=account
        )
        if row is None:
            said = f"Account {account} of {provider} has no class on {on}."
            yield _gap("source_account_classes", f"{provider}|{account}", said)


def _routes(mapping: MappingSet, used: InUse, on: date) -> Iterator[Complaint]:
    """Every combination of payee, type and tax treatment, whatever the present treatment says.

    A type is asked where it was spent, and everywhere once it has an account.
    """
    mapped = [
        (scope_of(row), row["source_code"])
        for row in mapping.table("accounts")
        if row["coding"] == "expense_type" and row.holds_on(on)
    ]
    for entity in sorted({*used.expense_types, *used.payees}):
        reaching = {"group", f"country:{mapping.countries.get(entity)}", f"entity:{entity}"}
        there = {kind for scope, kind in mapped if scope in reaching}
        for kind in sorted(used.expense_types.get(entity, frozenset()) | there):
            if _answer(mapping, "tax_treatment", entity, on, expense_type=kind) is None:
                said = f"No tax rule for {kind} in {entity} on {on}."
                yield _gap("tax_treatment", f"{entity}|{kind}", said, refuses=True)
            for payee in sorted(used.payees.get(entity, ())):
                for taxable in ("no", "yes"):
                    question = {"payee": payee, "taxable": taxable, "expense_type": kind}
                    if _answer(mapping, "routing", entity, on, **question) is None:
                        treated = "taxable" if taxable == "yes" else "non-taxable"
                        said = f"No route for {treated} {kind} of {payee} in {entity} on {on}."
                        yield _gap(
                            "routing", f"{entity}|{payee}|{taxable}|{kind}", said, refuses=True
                        )
