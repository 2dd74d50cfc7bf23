"""The accounting effect of a document: legs in its own currency and in the subsidiary's."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from sandbox.netsuite.documents import Document
from sandbox.netsuite.references import SEGMENTS, find, find_entity
from sandbox.netsuite.schemas import EXPENSE_REPORT, JOURNAL, VENDOR_BILL, RecordType

_LINE_FIELDS: Final = (*SEGMENTS, "memo", "entity", "eliminate")


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg.

    Attributes:
        number: its line key.
        account: the account's internal id.
        amount: signed, debit positive, in the transaction's currency.
        base: signed, in the subsidiary's currency.
        main: whether it is the leg of the document itself: a bill's payable.
        fields: segments, memo and the like.
    """

    number: int
    account: str
    amount: Decimal
    base: Decimal = Decimal()
    main: bool = False
    fields: dict[str, Any] = field(default_factory=dict)


def legs_of(connection: sqlite3.Connection, record: RecordType, document: Document) -> list[Leg]:
    """The document's legs with amounts in both currencies; bases balance like the amounts do."""
    bare = _journal_legs(document) if record.name == JOURNAL.name else []
    if record.name in (VENDOR_BILL.name, EXPENSE_REPORT.name):
        bare = _payable_legs(connection, document)
    company = find(connection, "subsidiary", document.body["subsidiary"])
    assert company is not None, "the subsidiary was resolved before"
    places = precision(connection, str(company["currency"]))
    rate = document.body["exchangeRate"]
    converted = [replace(leg, base=_rounded(leg.amount * rate, places)) for leg in bare]
    return _without_residue(converted)


def precision(connection: sqlite3.Connection, currency: str) -> int:
    """Decimal places of a currency."""
    found = find(connection, "currency", currency)
    return 2 if found is None or not found["currencyprecision"] else int(found["currencyprecision"])


def default_rate(connection: sqlite3.Connection, currency: str, subsidiary: str) -> Decimal | None:
    """The account's own rate from a currency to the subsidiary's; None when it has none."""
    company = find(connection, "subsidiary", subsidiary)
    if company is None or str(company["currency"]) == currency:
        return Decimal(1)
    ours, theirs = (find(connection, "currency", each) for each in (currency, company["currency"]))
    if ours is None or theirs is None or not ours["exchangerate"] or not theirs["exchangerate"]:
        return None
    return _rounded(Decimal(ours["exchangerate"]) / Decimal(theirs["exchangerate"]), 8)


def _journal_legs(document: Document) -> list[Leg]:
    return [
        Leg(
            line["line"],
            line["account"],
            (line.get("debit") or Decimal()) - (line.get("credit") or Decimal()),
            fields=_fields(line, document),
        )
        for line in document.lines
    ]


def _payable_legs(connection: sqlite3.Connection, document: Document) -> list[Leg]:
    total = sum((line["amount"] for line in document.lines), Decimal())
    entity = document.body["entity"]
    main_fields = {name: document.body.get(name) for name in (*SEGMENTS, "memo")}
    main = Leg(
        0,
        payable_account(connection, document),
        -total,
        main=True,
        fields=main_fields | {"entity": entity},
    )
    legs = [main]
    for line in document.lines:
        fields = _fields(line, document) | {"entity": line.get("customer") or entity}
        legs.append(
            Leg(line["line"], line_account(connection, line), line["amount"], fields=fields)
        )
    return legs


def payable_account(connection: sqlite3.Connection, document: Document) -> str:
    """The account that a bill or expense report credits; empty when none can be found."""
    if document.body.get("account"):
        return str(document.body["account"])
    entity = find_entity(connection, document.body.get("entity"))
    if entity is not None and "payablesaccount" in entity.keys() and entity["payablesaccount"]:  # noqa: SIM118
        return str(entity["payablesaccount"])
    found = connection.execute(
        "SELECT id FROM ref_account WHERE accttype = 'AcctPay' AND isinactive = 'F' ORDER BY id"
    ).fetchone()
    return "" if found is None else str(found["id"])


def line_account(connection: sqlite3.Connection, line: dict[str, Any]) -> str:
    """The account of an expense line, by its category if it names none."""
    direct = line.get("account") or line.get("expenseaccount")
    if direct:
        return str(direct)
    category = find(connection, "expensecategory", line.get("category"))
    return "" if category is None else str(category["account"])


def _fields(line: dict[str, Any], document: Document) -> dict[str, Any]:
    custom = {name: each for name, each in line.items() if name.startswith("custcol")}
    named = {name: line.get(name) for name in _LINE_FIELDS}
    inherited = {name: named[name] or document.body.get(name) for name in SEGMENTS}
    return named | inherited | {"custom": custom}


def _without_residue(legs: Sequence[Leg]) -> list[Leg]:
    """Put what rounding left over in the base currency on the largest leg."""
    residue = sum((leg.base for leg in legs), Decimal())
    if not residue or sum((leg.amount for leg in legs), Decimal()):
        return list(legs)
    largest = max(range(len(legs)), key=lambda place: abs(legs[place].base))
    return [
        replace(leg, base=leg.base - residue) if place == largest else leg
        for place, leg in enumerate(legs)
    ]


def _rounded(number: Decimal, places: int) -> Decimal:
    return number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
