"""The JSON Schema (draft 2020-12) of a row contract, and rows in the form it describes."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from tieout.contracts.meaning import FieldMeaning, FieldType, RowContract, RowRule

#: How a type that is no text is written.
_JSON_TYPES: Final[dict[FieldType, dict[str, Any]]] = {
    FieldType.INTEGER: {"type": "integer"},
    FieldType.FLAG: {"type": "boolean"},
    FieldType.INTEGERS: {"type": "array", "items": {"type": "integer"}},
    FieldType.TEXTS: {"type": "array", "items": {"type": "string"}},
}
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema(contract: RowContract) -> dict[str, Any]:
    """The published form of `contract`; what JSON Schema has no word for stands under `x-…`."""
    return {
        "$schema": DIALECT,
        "$id": f"urn:tieout:contract:{contract.name}:{contract.version}",
        "title": contract.name,
        "description": contract.meaning,
        "x-version": contract.version,
        "type": "object",
        "additionalProperties": False,
        "required": [field.name for field in contract.fields if field.required],
        "properties": {field.name: _property(field) for field in contract.fields},
        **({"allOf": [_rule(rule) for rule in contract.rules]} if contract.rules else {}),
    }


def _property(field: FieldMeaning) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "description": field.meaning,
        **_JSON_TYPES.get(field.type, {"type": "string"}),
        "x-type": field.type.value,
        "x-sensitivity": field.sensitivity.value,
        "x-key": field.key,
    }
    if field.code_list:
        shown["x-code-list"] = field.code_list.value
    if field.unit:
        shown["x-unit"] = field.unit
    if field.sign:
        shown["x-sign"] = field.sign
    return shown | _limits(field)


def _limits(field: FieldMeaning) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if field.choices:
        limits["enum"] = list(field.allowed)
    if field.least is not None:
        limits["minimum"] = field.least
    if field.length is not None:
        limits |= {"minLength": field.length, "maxLength": field.length}
    if field.pattern:
        limits["pattern"] = field.pattern
    plain = field.type not in _JSON_TYPES and not limits
    if plain and field.required:
        limits["minLength"] = 1
    return limits


def _rule(rule: RowRule) -> dict[str, Any]:
    return {
        "if": {"properties": {rule.field: {"const": rule.value}}},
        "then": {
            "required": list(rule.needed),
            "properties": {name: {"minLength": 1} for name in rule.needed},
        },
    }


def json_rows(contract: RowContract, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The rows of a canonical frame, text or typed, as the schema describes them.

    Days and instants become ISO text (instants in UTC), a missing one the empty text. Columns that
    are not the contract's, such as holds, stay behind.
    """
    kept = frame.select(field.name for field in contract.fields if field.name in frame.columns)
    texts = {
        pl.Date: "%Y-%m-%d",
        pl.Datetime: "%Y-%m-%dT%H:%M:%S%.6fZ",
    }
    written = [
        pl.col(name).dt.to_string(form).fill_null("")
        for kind, form in texts.items()
        for name, dtype in kept.schema.items()
        if dtype == kind
    ]
    # A number or a list that is missing has no empty text to stand for it.
    return [
        {name: value for name, value in row.items() if value is not None}
        for row in kept.with_columns(written).to_dicts()
    ]
