"""What a field of a canonical row means: the form that every row contract is stated in.

The columns of a frame, the checks of a typed row, the published JSON Schema and the reference page
are all made from it, so they can't say different things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tieout.finance.countries import country_codes
from tieout.finance.money import currency_codes


class FieldType(StrEnum):
    """How a value is written; integers are JSON numbers, a flag of the store is true or false."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    INSTANT = "instant"
    FLAG = "flag"
    INTEGERS = "integers"
    TEXTS = "texts"


class CodeList(StrEnum):
    """A list of codes that the world keeps; a code outside it is an error, never a new code."""

    CURRENCIES = "ISO 4217"
    COUNTRIES = "ISO 3166-1 alpha-2"

    @property
    def codes(self) -> frozenset[str]:
        """Every code of the list, from a kept library."""
        return currency_codes() if self is CodeList.CURRENCIES else country_codes()


#: Form of the codes of each list, for readers without the list.
_CODE_FORM: Final = {CodeList.CURRENCIES: "[A-Z]{3}", CodeList.COUNTRIES: "[A-Z]{2}"}


class Sensitivity(StrEnum):
    """Who may see a value."""

    PUBLIC = "public"  # code lists that everyone knows
    INTERNAL = "internal"  # the company's own structure
    PERSONAL = "personal"  # tells about one person: never in a log, a mail, a page or a message


class Origin(StrEnum):
    """Who writes a field."""

    POSITION = "position"  # where the row stands
    SOURCE = "source"  # the source of the row, as canonical text
    TYPING = "typing"  # the check of the rows, from what the source wrote


#: Canonical syntax of each type that is not plain text; an optional field may be empty as well.
SYNTAX: Final[Mapping[FieldType, str]] = {
    FieldType.DECIMAL: r"[+-]?[0-9]+(\.[0-9]+)?",
    FieldType.DATE: r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    FieldType.INSTANT: (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
    ),
}


@dataclass(frozen=True, slots=True)
class FieldMeaning:
    """One field.

    Attributes:
        meaning: what it says, in finance's words.
        sensitivity: who may see it.
        unit: what a number counts; empty for what is no number.
        sign: what plus and minus mean; empty where there is no minus.
        key: whether it is part of what tells a row from all others.
        required: whether it has to hold a value; empty text is none.
        choices: the closed list of its values; empty: open.
        syntax: the regular expression of a filled value; empty: that of its type.
        least: smallest integer.
        length: the exact number of characters.
        code_list: the world's list that a filled value stands in.
    """

    name: str
    meaning: str
    type: FieldType = FieldType.TEXT
    sensitivity: Sensitivity = Sensitivity.INTERNAL
    unit: str = ""
    sign: str = ""
    key: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    syntax: str = ""
    least: int | None = None
    length: int | None = None
    code_list: CodeList | None = None
    origin: Origin = Origin.SOURCE

    @property
    def allowed(self) -> tuple[str, ...]:
        """The closed list with the empty text of an optional field."""
        if not self.choices or self.required:
            return self.choices
        return ("", *self.choices)

    @property
    def pattern(self) -> str:
        """The anchored regular expression of every allowed text; empty: any text."""
        form = _CODE_FORM[self.code_list] if self.code_list else SYNTAX.get(self.type, "")
        filled = self.syntax or form
        if not filled:
            return ""
        return f"^{filled}$" if self.required else f"^({filled})?$"


@dataclass(frozen=True, slots=True)
class RowRule:
    """Where `field` is `value`, every field of `needed` holds one as well."""

    field: str
    value: str
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RowContract:
    """One canonical row.

    Attributes:
        version: `major.minor`; a breaking change raises the major, any other the minor.
        meaning: what one row is.
    """

    name: str
    version: str
    meaning: str
    fields: tuple[FieldMeaning, ...]
    rules: tuple[RowRule, ...] = ()

    def __getitem__(self, name: str) -> FieldMeaning:
        """The field of that name."""
        return next(field for field in self.fields if field.name == name)

    def names(self, *types: FieldType, origin: Origin = Origin.SOURCE) -> tuple[str, ...]:
        """Fields that `origin` writes, in order; of these types when any is named."""
        return tuple(
            field.name
            for field in self.fields
            if field.origin is origin and (not types or field.type in types)
        )
