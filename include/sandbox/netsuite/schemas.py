"""The properties that each record knows, in the schema's spelling, with their kinds.

Kinds: text, number, integer, boolean, date, ref, enum, sublist. A name that starts with `=` is
read-only. Names are found whatever their case; answers use the schema's spelling.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a record or of a line."""

    name: str
    kind: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class RecordType:
    """One kind of transaction.

    Attributes:
        name: its name in addresses.
        recordtype: its name in the column `recordtype`.
        code: its code in the column `type`.
        prefix: how its automatic numbers begin.
        sublist: the sublist that carries its lines.
        permission: what a role needs to write it.
        body: its properties by lower-case name.
        line: the properties of a line by lower-case name.
        refused: properties of a line that the role's form does not let anyone set.
    """

    name: str
    recordtype: str
    code: str
    prefix: str
    sublist: str
    permission: str
    body: Mapping[str, Property]
    line: Mapping[str, Property]
    refused: frozenset[str] = frozenset()


def _properties(kinds: Mapping[str, str]) -> dict[str, Property]:
    found: dict[str, Property] = {}
    for kind, names in kinds.items():
        for name in names.split():
            bare = name.removeprefix("=")
            found[bare.lower()] = Property(bare, kind, read_only=bare != name)
    return found


_SEGMENTS: Final = "department class location"
_SHARED_BODY: Final = {
    "text": "externalId memo tranId =id =transactionNumber =createdDate =lastModifiedDate",
    "date": "tranDate",
    "number": "exchangeRate",
    "ref": f"postingPeriod subsidiary currency customForm nextApprover {_SEGMENTS}",
    "enum": "approvalStatus =status",
}


def _with_shared(kinds: Mapping[str, str]) -> dict[str, Property]:
    both = {name: f"{_SHARED_BODY.get(name, '')} {kinds.get(name, '')}" for name in _KINDS}
    return _properties(both)


_KINDS: Final = ("text", "number", "integer", "boolean", "date", "ref", "enum", "sublist")

JOURNAL: Final = RecordType(
    "journalEntry",
    "journalentry",
    "Journal",
    "JE",
    "line",
    "Make Journal Entry",
    _with_shared(
        {
            "text": "=reversalEntry",
            "date": "reversalDate",
            "ref": "toSubsidiary accountingBook =createdFrom",
            "boolean": "approved reversalDefer isBookSpecific =isReversal =void",
            "sublist": "line =accountingBookDetail",
        }
    ),
    _properties(
        {
            "text": "memo =clearedDate =lineCreatedDate =lineLastModifiedDate",
            "number": "debit credit grossAmt tax1Amt",
            "integer": "line",
            "boolean": "eliminate =cleared",
            "ref": f"account entity taxCode {_SEGMENTS}",
        }
    ),
    frozenset({"grossamt", "tax1amt", "taxcode"}),
)
VENDOR_BILL: Final = RecordType(
    "vendorBill",
    "vendorbill",
    "VendBill",
    "BILL",
    "expense",
    "Bills",
    _with_shared(
        {
            "date": "dueDate",
            "number": "=total userTotal =balance",
            "boolean": "paymentHold taxDetailsOverride",
            "ref": "entity account terms",
            "text": "=documentStatus",
            "sublist": "expense =item =taxDetails",
        }
    ),
    _properties(
        {
            "text": "memo",
            "number": "amount",
            "integer": "line",
            "boolean": "isBillable",
            "ref": f"account category customer taxCode {_SEGMENTS}",
        }
    ),
)
EXPENSE_REPORT: Final = RecordType(
    "expenseReport",
    "expensereport",
    "ExpRept",
    "EXP",
    "expense",
    "Expense Report",
    _with_shared(
        {
            "date": "duedate",
            "number": "advance expensereportexchangerate =total =totalbasecurrency",
            "boolean": "complete accountingapproval supervisorapproval usemulticurrency",
            "ref": "entity account acctcorpcardexp advanceaccount expensereportcurrency",
            "sublist": "expense",
        }
    ),
    _properties(
        {
            "text": "memo",
            "number": "amount foreignamount exchangerate rate quantity",
            "integer": "line",
            "date": "expensedate",
            "boolean": "corporatecreditcard isnonreimbursable receipt isBillable",
            "ref": f"category expenseaccount currency customer taxCode {_SEGMENTS}",
        }
    ),
)
RECORDS: Final = {each.name.lower(): each for each in (JOURNAL, VENDOR_BILL, EXPENSE_REPORT)}

#: The columns of `accountingperiod` by the record's property.
PERIOD_BOOLEANS: Final = {
    "isYear": "isyear",
    "isQuarter": "isquarter",
    "isAdjust": "isadjust",
    "isPosting": "isposting",
    "isInactive": "isinactive",
    "closed": "closed",
    "allLocked": "alllocked",
    "apLocked": "aplocked",
    "arLocked": "arlocked",
    "payrollLocked": "payrolllocked",
    "allowNonGLChanges": "allownonglchanges",
}
#: What a period manager may change of a period.
PERIOD_SWITCHES: Final = frozenset(
    {"closed", "allLocked", "apLocked", "arLocked", "payrollLocked", "allowNonGLChanges"}
)


def with_custom_fields(record: RecordType, preferences: Mapping[str, Any]) -> RecordType:
    """The record type with the account's own body and line fields."""
    body = {name.lower(): Property(name, "text") for name in preferences["customBodyFields"]}
    line = {name.lower(): Property(name, "text") for name in preferences["customLineFields"]}
    return RecordType(
        record.name,
        record.recordtype,
        record.code,
        record.prefix,
        record.sublist,
        record.permission,
        {**record.body, **body},
        {**record.line, **line},
        record.refused,
    )


def metadata(record: RecordType) -> dict[str, Any]:
    """The record's JSON schema, as the metadata catalog answers it."""
    line = {"type": "object", "properties": _schema(record.line)}
    collection = {
        "type": "object",
        "properties": {"items": {"type": "array", "items": line}},
    }
    return {
        "$schema": "http://json-schema.org/draft-06/hyper-schema#",
        "$id": f"/services/rest/record/v1/metadata-catalog/{record.name}",
        "type": "object",
        "title": record.name,
        "properties": {**_schema(record.body), record.sublist: collection},
    }


def _schema(properties: Mapping[str, Property]) -> dict[str, Any]:
    return {
        each.name: _WIRE_TYPES[each.kind] | ({"readOnly": True} if each.read_only else {})
        for each in properties.values()
    }


_WIRE_TYPES: Final[dict[str, dict[str, Any]]] = {
    "text": {"type": "string"},
    "number": {"type": "number", "format": "double"},
    "integer": {"type": "integer", "format": "int64"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "ref": {"type": "object", "properties": {"id": {"type": "string"}}},
    "enum": {"type": "object", "properties": {"id": {"type": "string"}}},
    "sublist": {"type": "object"},
}
