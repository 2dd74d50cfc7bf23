"""The published row contracts: a JSON Schema for each version, and one page of all fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tieout.contracts.compatibility import breaking_changes, major_of, same_shape
from tieout.contracts.json_schema import json_schema
from tieout.contracts.meaning import FieldMeaning, RowContract
from tieout.contracts.row_fields import CONTRACTS
from tieout.contracts.versions import PUBLISHED

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "reference"
SCHEMAS = FOLDER / "schemas"


def pages(notice: str) -> Mapping[Path, str]:
    """The text of the page and of every current schema by path; older versions stay as they are."""
    shown = {
        schema_path(contract): json.dumps(json_schema(contract), indent=2, ensure_ascii=False)
        + "\n"
        for contract in CONTRACTS.values()
    }
    return {FOLDER / "contracts.md": contracts_page(notice), **shown}


def schema_path(contract: RowContract) -> Path:
    """Where the current version of a contract is published."""
    return SCHEMAS / f"{contract.name}-{contract.version}.json"


def published_schemas(contract: RowContract, folder: Path = SCHEMAS) -> dict[str, dict[str, Any]]:
    """Every published schema of the current major version, by version."""
    found = {
        path.stem.removeprefix(f"{contract.name}-"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob(f"{contract.name}-*.json"))
    }
    return {
        version: schema
        for version, schema in found.items()
        if major_of(version) == major_of(contract.version)
    }


def refusals(contract: RowContract, folder: Path = SCHEMAS) -> list[str]:
    """Why the contract of the code may not be published as it stands; empty: it may.

    A breaking change needs a new major version, any other change of the shape a new minor one: what
    was published under a version never changes but in its wording.
    """
    schema = json_schema(contract)
    told = []
    for version, published in published_schemas(contract, folder).items():
        broken = breaking_changes(published, schema)
        told += [
            f"{contract.name} {version}: {change}; this needs a new major version"
            for change in broken
        ]
        if version == contract.version and not broken and not same_shape(published, schema):
            told.append(f"{contract.name} {version}: fields changed; this needs a new version")
    return told


def contracts_page(notice: str) -> str:
    """A table of fields for each contract."""
    lines = [
        "# Row contracts",
        "",
        notice,
        "",
        "What a canonical row is, whichever system it comes from. Values are text; empty text is",
        "missing. Only integers are numbers. The same contracts are published as JSON Schema below",
        "`docs/reference/schemas/`. What was published under a version does not change: a new",
        "optional field raises the minor version, a breaking change the major one.",
        "",
        "Sensitivity: *public* is known to everyone, *internal* is the company's structure,",
        "*personal* tells about one person and stands in no log, mail or page.",
        "",
        "To change a contract, change its fields in `include/tieout/contracts/row_fields.py` and",
        "run `make docs`. It refuses what the version does not allow and names the field; then",
        "raise the version there and enter it in `include/tieout/contracts/versions.py`, with the",
        "day until which the version before is taken.",
    ]
    for contract in CONTRACTS.values():
        lines += _section(contract)
    return "\n".join(lines) + "\n"


def _section(contract: RowContract) -> list[str]:
    versions = ", ".join(
        f"[{one.version}](schemas/{one.contract}-{one.version}.json)"
        + (f" (taken until {one.sunset})" if one.sunset else "")
        for one in PUBLISHED
        if one.contract == contract.name
    )
    rules = [
        f"- Where `{rule.field}` is `{rule.value}`, a value stands in "
        + " and ".join(f"`{name}`" for name in rule.needed)
        + "."
        for rule in contract.rules
    ]
    return [
        "",
        f"## {contract.name}",
        "",
        f"{contract.meaning} Versions: {versions}.",
        "",
        "| Field | Type | Unit | Meaning | Sensitivity | Key | Required |",
        "|-|-|-|-|-|-|-|",
        *[_row(field) for field in contract.fields],
        *(["", *rules] if rules else []),
    ]


def _row(field: FieldMeaning) -> str:
    meaning = field.meaning
    if field.choices:
        meaning += ": " + ", ".join(f"`{choice}`" for choice in field.choices)
    if field.sign:
        meaning += f"; {field.sign}"
    cells = (
        f"`{field.name}`",
        field.type.value,
        field.unit,
        meaning,
        field.sensitivity.value,
        "yes" if field.key else "",
        "yes" if field.required else "",
    )
    return f"| {' | '.join(cells)} |"
