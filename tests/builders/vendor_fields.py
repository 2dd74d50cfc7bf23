"""What the vendors of a generated company call their fields."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.company.build import Company

ENCODINGS = {"de-datev": "cp1252", "se-sie": "cp437", "jp-delimited": "cp932"}


def vendor_fields(company: Company) -> dict[str, set[str]]:
    """Names of fields by vendor, from what its twin or its bureau hands over."""
    documents = [item["content"] for item in company.concur()["documents"]]
    found = {
        "concur": set(_keys([documents, company.concur()["reports"]])),
        "workday": set(_keys([one["rows"] for one in company.workday()["reports"].values()])),
        "netsuite": {
            name for rows in company.netsuite()["tables"].values() for row in rows for name in row
        },
    }
    for drop in company.deliveries():
        provider = drop.manifest["provider"]
        text = drop.content.decode(ENCODINGS[provider])
        found.setdefault(provider, set()).update(_heads(provider, text))
    return {vendor: names - {""} for vendor, names in found.items()}


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _heads(provider: str, text: str) -> set[str]:
    """Labels of SIE; the header row of a delimited file, which is the second one of EXTF."""
    if provider == "se-sie":
        return set(re.findall(r"^#\w+", text, re.MULTILINE))
    header = text.splitlines()[1 if provider == "de-datev" else 0]
    return {name.strip('"') for name in re.split("[;,]", header)}
