"""What a row of finance's tables may say: each cell by its kind, and cells that need each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from tieout.finance.mapping_columns import wrong_in
from tieout.finance.mapping_tables import TABLES
from tieout.finance.words import CATALOGUE

Content = Mapping[str, str]
#: Column and a sentence.
Told = tuple[str, str]


def wrong_in_row(table: str, content: Content) -> list[Told]:
    """Everything that is wrong with a row: column → a sentence."""
    known = TABLES[table]
    told = [
        (name, f"{name} is no column of {table}")
        for name in sorted(set(content) - set(known.names))
    ]
    for column in known.columns:
        said = wrong_in(column, content.get(column.name, ""))
        if said:
            told.append((column.name, said))
    return told + list(_TOGETHER.get(table, _nothing)(content))


def _nothing(_: Content) -> Iterator[Told]:
    yield from ()


def _needed(content: Content, names: tuple[str, ...], why: str) -> Iterator[Told]:
    for name in names:
        if not content.get(name):
            yield name, f"{name} is empty, but {why}"


def _account(content: Content) -> Iterator[Told]:
    if content.get("source_code") == "*":
        yield "source_code", "source_code says '*'; a wildcard never decides an account"


def _treatment(content: Content) -> Iterator[Told]:
    if content.get("taxable") == "above_limit":
        names = ("limit_amount", "limit_currency", "limit_unit")
        yield from _needed(content, names, "what is above a limit is taxable")


def _posting(content: Content) -> Iterator[Told]:
    if content.get("holding") == "suspense":
        names = ("suspense_account", "suspense_limit", "suspense_days")
        yield from _needed(content, names, "held lines go to suspense")


def _intercompany(content: Content) -> Iterator[Told]:
    if content.get("paying_entity") == content.get("bearing_entity"):
        yield "bearing_entity", "bearing_entity is the paying entity itself"
    if content.get("markup_percent", "").strip("0."):
        names = ("markup_income_account", "markup_cost_account")
        yield from _needed(content, names, "a markup is charged")


def _waiver(content: Content) -> Iterator[Told]:
    code = content.get("exception_code", "")
    if code and (code not in CATALOGUE or not CATALOGUE[code].waivable):
        yield "exception_code", f"exception_code says {code!r}, which may never be waived"


def _route(content: Content) -> Iterator[Told]:
    if content.get("route") == "payroll":
        yield from _needed(content, ("pay_code",), "payroll repays it")


#: Table → what its cells must say together.
_TOGETHER: Final[Mapping[str, Callable[[Content], Iterator[Told]]]] = {
    "accounts": _account,
    "tax_treatment": _treatment,
    "posting": _posting,
    "intercompany": _intercompany,
    "waivers": _waiver,
    "routing": _route,
}
