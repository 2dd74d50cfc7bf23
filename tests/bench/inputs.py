"""Writes the folders that every contestant reads: documents, the ERP's lists, finance's files."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from tests.bench.company import (
    ACCOUNTS,
    CENTERS_OF_ENTITY,
    CLOSED_ACCOUNT,
    CODES_OF_ENTITY,
    COMPONENTS,
    EXPENSE_TYPES,
    KNOWN_AT,
    PERIOD,
    PROJECTS_OF_ENTITY,
    PROVIDERS,
    ROUTES,
    SPECIFIC,
    SPLITS,
    TAX_CODES,
    BenchEntity,
    dialect_of,
    entities,
    expense_provider,
)
from tests.bench.extract import LINES_OF_ENTRY, extract_of
from tests.bench.profiles import expense_profile, pay_profile
from tests.bench.register import LINES_OF_EMPLOYEE, OF_FILE, Register, register_of

SINCE: Final = "2026-01-01"
#: The ledger's limits shape journals; nobody asks it for more.
ERP_PROFILE: Final = {
    "provider": "netsuite",
    "kind": "netsuite",
    "version": "1",
    "owner": "erp@example.test",
    "status": "live",
    "connection": "erp_netsuite",
}
EXPENSE_PROVIDERS: Final = {
    expense_provider(currency): currency
    for currency in sorted({currency for _, currency, *_ in PROVIDERS})
}


def write_company(
    folder: Path, lines: int, seed: int = 2026, entities_reporting: Sequence[int] = ()
) -> Mapping[str, int]:
    """Write `inputs/` and `config/` below `folder`; answers the lines written by kind.

    Args:
        folder: a new folder.
        lines: pay lines in all, about.
        seed: another seed draws other people and amounts.
        entities_reporting: numbers of the entities that report; none: all.
    """
    _write_config(folder / "config")
    _write_reference(folder / "inputs" / "reference")
    _dump(folder / "inputs" / "run.yaml", {"known_at": KNOWN_AT, "period": PERIOD})
    written = 0
    everyone = entities()
    reporting = [it for it in everyone if not entities_reporting or it.number in entities_reporting]
    weights = {entity.number: _weight(entity) for entity in reporting}
    for entity in reporting:
        share = lines * weights[entity.number] / sum(weights.values())
        employees = max(2, round(share / LINES_OF_EMPLOYEE))
        register = register_of(entity, employees, seed)
        _write_register(folder / "inputs" / "documents" / entity.provider, entity, register)
        written += register.line_count
    expenses = _write_extracts(folder / "inputs" / "documents", reporting, lines // 10, seed)
    return {"pay_lines": written, "expense_lines": expenses}


def _write_extracts(
    documents: Path, reporting: Sequence[BenchEntity], lines: int, seed: int
) -> int:
    """One extract for each currency, sized by its entities; answers the lines written."""
    written = 0
    for currency in sorted({entity.currency for entity in reporting}):
        mine = [entity for entity in reporting if entity.currency == currency]
        entries = max(10, round(lines * len(mine) / len(reporting) / LINES_OF_ENTRY))
        provider = expense_provider(currency)
        text, height = extract_of(mine, entries, seed, dialect_of(provider))
        path = documents / provider / f"expenses_{PERIOD}.csv"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        written += height
    return written


def _weight(entity: BenchEntity) -> float:
    """Entities differ in size; those whose whole file is held are small."""
    if entity.number in OF_FILE:
        return 0.3
    return 0.6 + 0.8 * ((entity.number * 37) % 50) / 50


def _write_register(folder: Path, entity: BenchEntity, register: Register) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"pay_{entity.code_in_file}_{PERIOD}.csv"
    content = register.text.encode()
    path.write_bytes(content)
    manifest = {
        "file": path.name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "provider": entity.provider,
        "entity": entity.code,
        "pay_group": "MONTHLY",
        "period": PERIOD,
        "run_id": "R1",
        "currency": entity.currency,
        "line_count": register.line_count,
        "debit": _major(register.debit, entity.digits),
        "credit": _major(register.credit, entity.digits),
    }
    beside = path.with_name(f"{path.name}.manifest.json")
    beside.write_text(json.dumps(manifest), encoding="utf-8")


def _major(minor: int, digits: int) -> str:
    whole, fraction = divmod(minor, 10**digits)
    return f"{whole}.{fraction:0{digits}d}" if digits else str(whole)


def _write_reference(folder: Path) -> None:
    header = ("code", "active", "name")
    accounts = [(code, "yes", f"Account {code}") for code in ACCOUNTS]
    _write(folder / "accounts.csv", header, [*accounts, (CLOSED_ACCOUNT, "no", "Closed")])
    centers, projects = [], []
    for entity in entities():
        centers += [
            (entity.center(number), "yes", f"Center {number} of {entity.code}")
            for number in range(1, CENTERS_OF_ENTITY + 1)
        ]
        centers += [(entity.center(number), "no", f"Closed {number}") for number in (0, -1)]
        projects += [
            (f"PR-{entity.project(number)}", "yes", f"Project {number}")
            for number in range(1, PROJECTS_OF_ENTITY + 1)
        ]
    _write(folder / "cost_centers.csv", header, centers)
    _write(folder / "projects.csv", header, projects)


def _write_config(folder: Path) -> None:
    for entity in entities():
        _dump(folder / "entities" / f"{entity.code}.yaml", _entity(entity))
    for provider, currency, country, *_ in PROVIDERS:
        stated = pay_profile(provider, currency, country)
        _dump(folder / "providers" / f"{provider}.yaml", stated)
    _dump(folder / "providers" / "netsuite.yaml", ERP_PROFILE)
    for provider, currency in EXPENSE_PROVIDERS.items():
        _dump(folder / "providers" / f"{provider}.yaml", expense_profile(provider, currency))
    _write(
        folder / "mappings" / "accounts.csv",
        ("scope", "provider", "coding", "source_code", "component_class", "debit_account",
         "credit_account", "dimensions", "summarise", "valid_from"),
        _account_rows(),
    )  # fmt: skip
    _write(
        folder / "mappings" / "cost_centers.csv",
        ("provider", "entity", "source_code", "cost_center", "percent", "valid_from"),
        (row for entity in entities() for row in _center_rows(entity)),
    )
    _write(
        folder / "mappings" / "successors.csv",
        ("entity", "cost_center", "successor", "valid_from"),
        ((e.code, e.center(-1), e.center(CENTERS_OF_ENTITY), SINCE) for e in entities()),
    )
    _write(
        folder / "mappings" / "projects.csv",
        ("provider", "entity", "source_code", "project", "valid_from"),
        (
            ("*", e.code, f"P{e.project(number)}", f"PR-{e.project(number)}", SINCE)
            for e in entities()
            for number in range(1, PROJECTS_OF_ENTITY + 1)
        ),
    )
    _write_policies(folder / "policies")
    everything = {"role": "controller", "entities": ["*"]}
    _dump(folder / "roles.yaml", {"users": {"controller": everything}})
    _write(
        folder / "calendars" / "windows.csv",
        ("scope", "journal_kind", "opens_business_day", "opens_time", "closes_business_day",
         "closes_time"),
        [("group", "*", "1", "08:00", "5", "18:00")],
    )  # fmt: skip
    _dump(
        folder / "calendars" / "fiscal.yaml", {"calendars": {"calendar-months": {"kind": "months"}}}
    )


def _write_policies(folder: Path) -> None:
    _write(
        folder / "posting.csv",
        (
            "scope",
            "journal_kind",
            "second_approval_above",
            "holding",
            "small_group_k",
            "tolerance_minor",
        ),
        [("group", kind, "", "atom", "1", "0") for kind in ("payroll", "expense")],
    )
    _write(
        folder / "tax_treatment.csv",
        ("scope", "expense_type", "taxable", "valid_from"),
        [("group", "*", "no", SINCE)],
    )
    _write(
        folder / "routing.csv",
        ("rule", "scope", "payee", "taxable", "expense_type", "route", "pay_code",
         "clearing_account", "priority_note"),
        [
            (route, "group", payee, "*", "*", route, "", clearing, "")
            for payee, (route, clearing) in ROUTES.items()
        ],
    )  # fmt: skip
    _write(
        folder / "dates_and_rates.csv",
        ("scope", "journal_kind", "accounting_date", "rate_type", "staleness_days"),
        [
            *(
                ("group", kind, "period_end", "ecb_reference", "5")
                for kind in ("payroll", "expense")
            ),
            # The central bank publishes neither of their currencies.
            *((f"country:{code}", "expense", "period_end", "none", "") for code in ("KW", "BH")),
        ],
    )


def _account_rows() -> Iterator[tuple[str, ...]]:
    for provider in EXPENSE_PROVIDERS:
        for code, account in EXPENSE_TYPES.items():
            yield ("group", provider, "expense_type", code, "", account, "",
                   "cost_center project", "cost_center", SINCE)  # fmt: skip
        for code, account in TAX_CODES.items():
            yield ("group", provider, "tax", code, "", account, "", "none", "entity", SINCE)
    for provider, *_ in PROVIDERS:
        for code, (component_class, debit, credit) in COMPONENTS.items():
            yield _account_row("group", provider, code, component_class, debit, credit)
        for scope, code, debit, credit in SPECIFIC:
            yield _account_row(scope, provider, code, COMPONENTS[code][0], debit, credit)


def _account_row(
    scope: str, provider: str, code: str, component_class: str, debit: str, credit: str
) -> tuple[str, ...]:
    """A cost is booked by cost center and project, a liability per entity."""
    kept = ("cost_center project", "cost_center") if debit else ("none", "entity")
    return (scope, provider, "component", code, component_class, debit, credit, *kept, SINCE)


def _center_rows(entity: BenchEntity) -> Iterator[tuple[str, ...]]:
    """Single codes, codes that moved in October, split ones, one with a successor, one closed."""

    def row(number: int, center: int, percent: str = "100", since: str = SINCE) -> tuple[str, ...]:
        code = entity.source_code(number)
        return ("*", entity.code, code, entity.center(center), percent, since)

    for number in range(1, CENTERS_OF_ENTITY + 1):
        yield row(number, -1 if number == 4 else number)
        if number <= 3:
            # A code that moved: its share of the old center ends, another center takes it.
            yield row(number, number, "0", f"{PERIOD}-01")
            yield row(number, number + 10, "100", f"{PERIOD}-01")
    for number in range(CENTERS_OF_ENTITY + 1, CODES_OF_ENTITY + 1):
        percents = SPLITS[number - CENTERS_OF_ENTITY - 1]
        for part, percent in enumerate(percents):
            yield row(number, 1 + (number * 7 + part * 11) % CENTERS_OF_ENTITY, percent)
    yield row(90, 0)


def _entity(entity: BenchEntity) -> dict[str, Any]:
    return {
        "entity": entity.code,
        "name": f"Entity {entity.number}",
        "erp_id": str(entity.number),
        "country": entity.country,
        "functional_currency": entity.currency,
        "timezone": entity.timezone,
        "fiscal_calendar": "calendar-months",
        "parent": "1",
        "valid_from": SINCE,
        "rounding_account": "6010",
        "rounding_limit_minor": 100,
        "unmapped": "hold",
        "report_to": [f"finance.{entity.code.lower()}@example.test"],
        "tax_ids": [],
    }


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def _dump(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
