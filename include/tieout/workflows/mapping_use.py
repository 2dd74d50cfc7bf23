"""What finance's rules are asked for: declared by provider profiles, and seen in what was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tieout.finance.company import Company, Provider
from tieout.finance.mapping_gaps import InUse
from tieout.warehouse.store import Work
from tieout.workflows.office import UNIT_KINDS, Office

if TYPE_CHECKING:
    import polars as pl

Four = tuple[str, str, str, str]
Three = tuple[str, str, str]


def declared(company: Company) -> InUse:
    """What the live provider profiles declare: entities, components, accounts, payees."""
    entities: dict[str, set[str]] = {}
    codes: set[Four] = set()
    accounts: set[tuple[str, str]] = set()
    payees: dict[str, set[str]] = {}
    for code, provider in sorted(company.providers.items()):
        kind = UNIT_KINDS.get(provider.kind, "")
        if provider.status != "live" or not kind or provider.people_only:
            continue
        for entity in provider.pays_for:
            entities.setdefault(entity, set()).add(kind)
            codes |= {(entity, code, coding, text) for coding, text in _codes_of(provider)}
            if kind == "expense":
                payees.setdefault(entity, set()).update(_texts(provider, "parties", values=True))
        if provider.profile.get("coding") == "account":
            accounts |= {(code, account) for account in _texts(provider, "accounts")}
    return InUse(
        entities=_frozen(entities),
        codes=frozenset(codes),
        accounts=frozenset(accounts),
        payees=_frozen(payees),
    )


def _codes_of(provider: Provider) -> set[tuple[str, str]]:
    coding = provider.profile.get("coding")
    if coding == "account":
        return {("source_account", text) for text in _texts(provider, "accounts")}
    return {("component", text) for text in _texts(provider, "components")}


def _texts(provider: Provider, name: str, *, values: bool = False) -> set[str]:
    stated = provider.profile.get(name)
    if not isinstance(stated, Mapping):
        return set()
    return {str(text) for text in (stated.values() if values else stated)}


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(texts) for key, texts in found.items()}


def in_use(office: Office, work: Work) -> InUse:
    """What profiles declare, HR states, was spent, and stands in the newest rows of each source."""
    stated = declared(office.company)
    live = office.company.entities
    people = [row for row in work.rows("reconcile", "people_codes") if row["entity"] in live]
    centers = {(r["entity"], r["source"], r["cost_center_code"]) for r in people}
    projects = {(r["entity"], r["source"], r["project_code"]) for r in people}
    codes = set(stated.codes)
    types: dict[str, set[str]] = {}
    for row in work.rows("reconcile", "spent_types"):
        types.setdefault(row["entity"], set()).add(row["expense_type"])
    for row in work.rows("reconcile", "newest_read_units"):
        seen = _seen(office, row["provider"], row["kind"], row["output_sha256"])
        codes |= seen.codes
        centers |= seen.cost_centers
        projects |= seen.projects
        for entity, found in seen.expense_types.items():
            types.setdefault(entity, set()).update(found)
    return InUse(
        entities=stated.entities,
        codes=frozenset(codes),
        cost_centers=frozenset(one for one in centers if one[2]),
        projects=frozenset(one for one in projects if one[2]),
        accounts=stated.accounts,
        payees=stated.payees,
        expense_types=_frozen(types),
    )


def _seen(office: Office, provider: str, kind: str, output: str) -> InUse:
    """The codes in the rows of one unit."""
    from tieout.workflows.units import from_parquet

    frame = from_parquet(office.objects.get(output, ".parquet"))
    codes: set[Four] = set()
    types: dict[str, set[str]] = {}
    if kind == "payroll":
        for column, said, coding in (
            ("component_code", "component", "component"),
            ("source_account", "account", "source_account"),
        ):
            found = _distinct(frame.filter(frame["coding"] == said), column)
            codes |= {(entity, provider, coding, code) for entity, code in found if code}
    else:
        for entity, code in _distinct(frame, "expense_type"):
            if code:
                codes.add((entity, provider, "expense_type", code))
                types.setdefault(entity, set()).add(code)
    return InUse(
        codes=frozenset(codes),
        cost_centers=_placed(provider, _distinct(frame, "cost_center_code")),
        projects=_placed(provider, _distinct(frame, "project_code")),
        expense_types=_frozen(types),
    )


def _placed(provider: str, found: Iterable[tuple[str, str]]) -> frozenset[Three]:
    return frozenset((entity, provider, code) for entity, code in found if code)


def _distinct(frame: pl.DataFrame, column: str) -> list[tuple[str, str]]:
    if column not in frame.columns:
        return []
    return [(str(a), str(b or "")) for a, b in frame.select("entity", column).unique().iter_rows()]
