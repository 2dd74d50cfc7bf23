"""The reference tables of a small NetSuite account: a group in euro, dollar, pound and yen."""

from __future__ import annotations

from typing import Any

_LIVE = {"isinactive": "F", "includechildren": "F"}
_EVERYWHERE = "1, 2, 4, 5"


def tables() -> dict[str, list[dict[str, Any]]]:
    """Rows by table, with the analytics schema's columns."""
    return {
        "subsidiary": [
            _subsidiary("1", "Group", "1", None),
            _subsidiary("2", "US Inc", "2", "1"),
            _subsidiary("4", "UK Ltd", "3", "1"),
            _subsidiary("5", "JP KK", "4", "1"),
        ],
        "currency": [
            _currency("1", "EUR", "2", "1"),
            _currency("2", "USD", "2", "0.9"),
            _currency("3", "GBP", "2", "1.2"),
            _currency("4", "JPY", "0", "0.006"),
        ],
        "account": [
            _account("601", "6010", "Gross pay", "Expense"),
            _account("602", "6020", "Employer tax", "Expense"),
            _account("221", "2210", "Payroll clearing", "OthCurrLiab"),
            _account("210", "2100", "Payables", "AcctPay"),
            _account("610", "6100", "Travel US", "Expense", "2"),
        ],
        "department": [
            {**_LIVE, "id": "17", "name": "CC17", "subsidiary": "4", "externalid": "CC17"},
            {**_LIVE, "id": "18", "name": "CC18", "subsidiary": "4", "isinactive": "T"},
            {"id": "20", "name": "CC20", "subsidiary": "1", "externalid": "CC20"}
            | {"isinactive": "F", "includechildren": "T"},
        ],
        "employee": [{"id": "5000", "entityid": "E1", "subsidiary": "4", "isinactive": "F"}],
        "vendor": [{"id": "8000", "entityid": "V1", "payablesaccount": "210", "isinactive": "F"}],
        "expensecategory": [{"id": "31", "name": "Travel", "account": "602", "isinactive": "F"}],
        "accountingperiod": [
            _period("300", "FY 2026", "2026-01-01", "2026-12-31", whole="isyear"),
            _period("304", "Q4 2026", "2026-10-01", "2026-12-31", whole="isquarter"),
            _period("309", "Sep 2026", "2026-09-01", "2026-09-30", closed="T"),
            _period("310", "Oct 2026", "2026-10-01", "2026-10-31"),
            _period("311", "Nov 2026", "2026-11-01", "2026-11-30"),
        ],
    }


def _subsidiary(record_id: str, name: str, currency: str, parent: str | None) -> dict[str, Any]:
    named = {"id": record_id, "name": name, "externalid": f"SUB{record_id}"}
    return {
        **named,
        "currency": currency,
        "parent": parent,
        "isinactive": "F",
        "iselimination": "F",
    }


def _currency(record_id: str, symbol: str, places: str, rate: str) -> dict[str, Any]:
    named = {"id": record_id, "symbol": symbol, "name": symbol, "isinactive": "F"}
    return {**named, "currencyprecision": places, "exchangerate": rate}


def _account(
    record_id: str, number: str, name: str, kind: str, where: str = _EVERYWHERE
) -> dict[str, Any]:
    named = {"id": record_id, "acctnumber": number, "accttype": kind, "fullname": name}
    shown = {"accountsearchdisplayname": f"{number} {name}", "subsidiary": where}
    return {**_LIVE, **named, **shown, "issummary": "F"}


def _period(
    period_id: str, name: str, first: str, last: str, *, whole: str = "", closed: str = "F"
) -> dict[str, str]:
    flags = {each: "T" if each == whole else "F" for each in ("isyear", "isquarter")}
    locks = dict.fromkeys(("closed", "alllocked", "aplocked", "arlocked"), closed)
    named = {"id": period_id, "periodname": name, "startdate": first, "enddate": last}
    fixed = {"isposting": "F" if whole else "T", "isadjust": "F", "isinactive": "F"}
    return named | flags | locks | fixed | {"allownonglchanges": "T"}
