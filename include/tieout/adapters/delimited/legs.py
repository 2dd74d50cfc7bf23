"""One row to its signed amounts, by the profile's sign rule and shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from tieout.adapters.delimited.columns import Layout
from tieout.adapters.delimited.profile import DelimitedProfile
from tieout.adapters.delimited.values import most_decimals, read_amount
from tieout.contracts.findings import Findings, masked
from tieout.contracts.source_text import (
    NumberForm,
    ValueUnreadableError,
)


def negated(amount: str) -> str:
    """The other sign; zero has none."""
    if not amount.strip("0."):
        return amount
    return amount[1:] if amount.startswith("-") else f"-{amount}"


@dataclass(frozen=True, slots=True)
class Leg:
    """An amount with the codes that go with it; empty codes come from the row."""

    amount: str
    codes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Legs:
    """Makes the legs of rows; `digits` is what the currency allows."""

    profile: DelimitedProfile
    layout: Layout
    findings: Findings
    digits: int | None

    @cached_property
    def _form(self) -> NumberForm:
        return self.profile.number_form

    @cached_property
    def most_decimals(self) -> int:
        """How many decimals an amount may have."""
        return most_decimals(self.profile.values.scale, self.digits)

    def of(self, line: int, cells: list[str]) -> Iterator[Leg]:
        """The legs of one row; what can't be read is told and left out."""
        if self.profile.shape.kind == "wide":
            yield from self._wide(line, cells)
            return
        match self.profile.sign.rule:
            case "two_columns":
                yield from self._two_columns(line, cells)
            case "dc_column" | "type_sign":
                yield from self._by_side(line, cells)
            case "both_sides_one_row":
                yield from self._both_sides(line, cells)
            case "signed" | "component":
                amount = self._amount(line, cells, "amount")
                if amount is not None:
                    yield Leg(amount)

    def _wide(self, line: int, cells: list[str]) -> Iterator[Leg]:
        for name, column in self.profile.shape.components.items():
            text = self.layout.cell(name)(cells).strip()
            if not text:
                continue
            amount = self.parse(line, name, text)
            if amount is not None:
                turned = negated(amount) if column.sign == "-" else amount
                yield Leg(turned, {"component_code": column.code})

    def _two_columns(self, line: int, cells: list[str]) -> Iterator[Leg]:
        texts = [self.text(cells, name) for name in ("debit", "credit")]
        if not any(texts):
            self._bad(line, "debit", "an amount: debit and credit are both empty", "")
            return
        debit, credit = (
            self.parse(line, name, text) if text else "0"
            for name, text in zip(("debit", "credit"), texts, strict=True)
        )
        if debit is None or credit is None:
            return
        filled = [bool(amount.strip("-0.")) for amount in (debit, credit)]
        if all(filled):
            self._bad(line, "debit", "filled alone: debit and credit are both filled", "both")
            yield Leg(debit)
        yield Leg(negated(credit) if filled[1] else debit)

    def _by_side(self, line: int, cells: list[str]) -> Iterator[Leg]:
        side, amount = self.text(cells, "side"), self._amount(line, cells, "amount")
        sign = self.profile.sign
        if side not in (*sign.debit, *sign.credit):
            awaited = " or ".join((*sign.debit, *sign.credit))
            self._bad(line, "side", awaited, side)
        elif amount is not None:
            yield Leg(amount if side in sign.debit else negated(amount))

    def _both_sides(self, line: int, cells: list[str]) -> Iterator[Leg]:
        """A side without account and without amount is no side."""
        for side in ("debit", "credit"):
            account, text = self.text(cells, f"{side}_account"), self.text(cells, f"{side}_amount")
            amount = self.parse(line, f"{side}_amount", text) if text else "0"
            if amount is None or (not account and not amount.strip("-0.")):
                continue
            if not account:
                self._bad(line, f"{side}_account", "an account beside its amount", "")
                continue
            codes = {"source_account": account}
            if center := self.text(cells, f"{side}_cost_center_code"):
                codes["cost_center_code"] = center
            yield Leg(amount if side == "debit" else negated(amount), codes)

    def text(self, cells: list[str], name: str) -> str:
        """The text of a field, empty when the profile does not place it."""
        cut = self.layout.fields.get(name)
        if cut is None:
            return ""
        text = cut(cells)
        return text.strip() if self.profile.values.trim else text

    def _amount(self, line: int, cells: list[str], name: str) -> str | None:
        text = self.text(cells, name)
        if not text and self.profile.values.blank_is == "zero":
            return "0"
        return self.parse(line, name, text)

    def parse(self, line: int, name: str, text: str) -> str | None:
        """The canonical amount, or none after telling why not."""
        try:
            return read_amount(text, self._form, self.most_decimals)
        except ValueUnreadableError as error:
            self._bad(line, self._title(name), str(error), masked(text))
            return None

    def _title(self, name: str) -> str:
        return str(self.profile.columns.at.get(name, name))

    def _bad(self, line: int, column: str, awaited: str, found: str) -> None:
        self.findings.add(
            "value_unreadable",
            f"Line {line}: {column} is not {awaited}.",
            line=line,
            field=column,
            found=found or "(empty)",
        )
