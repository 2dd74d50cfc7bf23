"""The business rules that a transaction must keep, in the order in which they are checked."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.netsuite.documents import Document
from sandbox.netsuite.errors import Detail, business, refuse_all
from sandbox.netsuite.legs import line_account, payable_account, precision
from sandbox.netsuite.references import find, misfits
from sandbox.netsuite.schemas import EXPENSE_REPORT, JOURNAL, RecordType

_NAMES = {"subsidiary": "Subsidiary", "entity": "Entity", "account": "Account"}


def check_content(
    connection: sqlite3.Connection,
    record: RecordType,
    document: Document,
    preferences: Mapping[str, Any],
    line_limit: int,
) -> None:
    """Check everything but period, key and scripts.

    Raises:
        Refused: 400, with all the troubles of the first step that has any.
    """
    refuse_all(_fit(connection, record, document))
    refuse_all(_mandatory(connection, record, document, preferences))
    refuse_all(_amounts(connection, record, document, line_limit))
    refuse_all(_balance(record, document))


def _fit(connection: sqlite3.Connection, record: RecordType, document: Document) -> list[Detail]:
    subsidiary = document.body.get("subsidiary")
    if subsidiary is None:
        return []
    company = find(connection, "subsidiary", subsidiary)
    if company is None or company["isinactive"] == "T" or company["iselimination"] == "T":
        return [business(f"Invalid subsidiary reference key {subsidiary}.", "subsidiary")]
    details = misfits(connection, document.body, subsidiary, "")
    for number, line in enumerate(document.lines):
        path = f"{record.sublist}.items[{number}]."
        details += misfits(connection, line, subsidiary, path)
        details += _misfit_entity(connection, line.get("entity"), subsidiary, path)
    return details


def _misfit_entity(
    connection: sqlite3.Connection, entity: object, subsidiary: str, path: str
) -> list[Detail]:
    found = None if entity is None else find(connection, "employee", entity)
    if found is None or not found["subsidiary"] or found["subsidiary"] == subsidiary:
        return []
    text = f"Invalid entity reference key {entity} for subsidiary {subsidiary}."
    return [business(text, f"{path}entity")]


def _mandatory(
    connection: sqlite3.Connection,
    record: RecordType,
    document: Document,
    preferences: Mapping[str, Any],
) -> list[Detail]:
    wanted = ["subsidiary"] if record.name == JOURNAL.name else ["subsidiary", "entity"]
    missing = [_NAMES[name] for name in wanted if not document.body.get(name)]
    if missing:
        return [business(f"Please enter value(s) for: {', '.join(missing)}.")]
    if document.body.get("exchangeRate") is None:
        return [business("Please enter value(s) for: Exchange Rate.", "exchangeRate")]
    if not document.lines:
        return [business("You must enter at least one line item for this transaction.")]
    if record.name != JOURNAL.name and not payable_account(connection, document):
        return [business("Please enter value(s) for: Account.", "account")]
    return [
        detail
        for number, line in enumerate(document.lines)
        for detail in _mandatory_of_line(connection, record, document, line, number, preferences)
    ]


def _mandatory_of_line(
    connection: sqlite3.Connection,
    record: RecordType,
    document: Document,
    line: dict[str, Any],
    number: int,
    preferences: Mapping[str, Any],
) -> list[Detail]:
    path = f"{record.sublist}.items[{number}]."
    needed = "category" if record.name == EXPENSE_REPORT.name else "account"
    details = []
    if not line_account(connection, line):
        details.append(business(f"You must enter a value for {needed}.", f"{path}{needed}"))
    details.extend(
        business(f"You must enter a value for {segment}.", f"{path}{segment}")
        for segment in preferences["mandatorySegments"]
        if not line.get(segment) and not document.body.get(segment)
    )
    return details


def _amounts(
    connection: sqlite3.Connection, record: RecordType, document: Document, line_limit: int
) -> list[Detail]:
    if len(document.lines) > line_limit:
        text = f"A transaction may have at most {line_limit} lines; this one has "
        return [business(f"{text}{len(document.lines)}.", record.sublist)]
    places = precision(connection, document.body["currency"])
    names = ("debit", "credit") if record.name == JOURNAL.name else ("amount",)
    details: list[Detail] = []
    for number, line in enumerate(document.lines):
        path = f"{record.sublist}.items[{number}]"
        sent = {name: line[name] for name in names if line.get(name) is not None}
        if len(sent) != 1:
            text = f"Enter exactly one of: {', '.join(names)}."
            details.append(business(text, path))
        for name, amount in sent.items():
            if trouble := _amount_trouble(record, amount, places):
                details.append(business(f"The {name} {amount} {trouble}.", f"{path}.{name}"))
    return details


def _amount_trouble(record: RecordType, amount: Decimal, places: int) -> str | None:
    if amount == 0 or (amount < 0 and record.name == JOURNAL.name):
        return "must be greater than zero"
    if amount != amount.quantize(Decimal(1).scaleb(-places)):
        return f"has more than the currency's {places} decimal places"
    return None


def _balance(record: RecordType, document: Document) -> list[Detail]:
    if record.name != JOURNAL.name:
        return []
    debits = sum((line.get("debit") or Decimal() for line in document.lines), Decimal())
    credits_ = sum((line.get("credit") or Decimal() for line in document.lines), Decimal())
    if debits == credits_:
        return []
    text = f"The debits ({debits}) and credits ({credits_}) of this journal must balance."
    return [business(text, record.sublist)]
