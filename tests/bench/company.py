"""The generated company: fifty entities in twelve currencies, and finance's files for it.

Everything is a function of constants; only the amounts and people of a register are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

PERIOD: Final = "2026-10"
KNOWN_AT: Final = "2026-11-02T06:00:00Z"
#: Provider, currency, country, time zone, entities: twelve currencies, fifty entities.
PROVIDERS: Final = (
    ("pay-eu-1", "EUR", "DE", "Europe/Berlin", 5),
    ("pay-eu-2", "EUR", "FR", "Europe/Paris", 5),
    ("pay-eu-3", "EUR", "NL", "Europe/Amsterdam", 4),
    ("pay-us", "USD", "US", "America/New_York", 5),
    ("pay-uk", "GBP", "GB", "Europe/London", 4),
    ("pay-jp", "JPY", "JP", "Asia/Tokyo", 4),
    ("pay-kw", "KWD", "KW", "Asia/Kuwait", 3),
    ("pay-se", "SEK", "SE", "Europe/Stockholm", 4),
    ("pay-ch", "CHF", "CH", "Europe/Zurich", 4),
    ("pay-dk", "DKK", "DK", "Europe/Copenhagen", 3),
    ("pay-pl", "PLN", "PL", "Europe/Warsaw", 3),
    ("pay-ca", "CAD", "CA", "America/Toronto", 3),
    ("pay-au", "AUD", "AU", "Australia/Sydney", 2),
    ("pay-bh", "BHD", "BH", "Asia/Bahrain", 1),
)
DIGITS: Final = {"JPY": 0, "KWD": 3, "BHD": 3}
CENTERS_OF_ENTITY: Final = 40
#: Source codes 1…40 name one cost center, 41…50 are split.
CODES_OF_ENTITY: Final = 50
PROJECTS_OF_ENTITY: Final = 4
#: Share of the employees, and of the expenses, that are booked on a project.
ON_PROJECT: Final = 0.1
#: Percents of the splits in turn; most of them leave units to the largest remainder.
SPLITS: Final = (
    ("50", "50"),
    ("33.34", "33.33", "33.33"),
    ("12.5", "37.5", "25", "25"),
    ("66.67", "33.33"),
    ("16.67", "16.67", "66.66"),
    ("45", "55"),
    ("10.1", "20.2", "30.3", "39.4"),
    ("99.99", "0.01"),
    ("70", "15", "15"),
    ("14.29", "85.71"),
)
#: Code → class, debit account, credit account; who has both is an employer's cost.
COMPONENTS: Final = {
    "B100": ("earning", "6010", ""),
    "B110": ("earning", "6030", ""),
    "B120": ("earning", "6030", ""),
    "B130": ("earning", "6020", ""),
    "B190": ("earning", "6010", ""),
    "K100": ("benefit_in_kind", "6210", "6290"),
    "D100": ("deduction", "", "2450"),
    "D110": ("deduction", "", "2430"),
    "D120": ("deduction", "", "2420"),
    "D190": ("deduction", "", "2440"),
    "T100": ("employee_tax", "", "2410"),
    "T110": ("employee_tax", "", "2415"),
    "E100": ("employer_contribution", "6130", "2450"),
    "E110": ("employer_contribution", "6120", "2430"),
    "E120": ("employer_tax", "6110", "2420"),
    "A100": ("accrual", "6310", "2510"),
    "N100": ("net_pay", "", "2400"),
    "I100": ("information", "", ""),
    "B199": ("earning", "6099", ""),
}
#: Rules that win over the group's: scope, code, debit account, credit account.
SPECIFIC: Final = (
    ("country:DE", "T110", "", "2416"),
    ("country:JP", "B120", "6040", ""),
    ("entity:E01", "B130", "6021", ""),
)
ACCOUNTS: Final = (
    *("2200", "2320", "2400", "2410", "2415", "2416", "2420", "2430", "2440", "2450", "2510"),
    *("6010", "6020", "6021", "6030", "6040", "6110", "6120", "6130", "6210", "6290", "6310"),
    *("6510", "6520", "6530", "1410"),
)
#: Expense type → account; tax code → account.
EXPENSE_TYPES: Final = {"MEAL": "6510", "HOTEL": "6520", "TAXI": "6530", "RAIL": "6530"}
TAX_CODES: Final = {"V19": "1410", "V7": "1410"}
#: Who is paid → route and clearing account.
ROUTES: Final = {"company_card": ("card", "2200"), "employee": ("ap", "2320")}
CLOSED_ACCOUNT: Final = "6099"


@dataclass(frozen=True, slots=True)
class BenchEntity:
    """One legal entity; `number` counts from 1, `code_in_file` is what its provider calls it."""

    number: int
    provider: str
    currency: str
    country: str
    timezone: str

    @property
    def code(self) -> str:
        """Our code."""
        return f"E{self.number:02d}"

    @property
    def code_in_file(self) -> str:
        """The provider's code."""
        return f"{1000 + self.number}"

    @property
    def digits(self) -> int:
        """Digits after the decimal mark in its currency."""
        return DIGITS.get(self.currency, 2)

    def center(self, number: int) -> str:
        """An ERP cost center, `number` from 1; 0 is closed for good, -1 has a successor."""
        if number <= 0:
            return f"C{self.number:02d}{'Z' if number == 0 else 'Y'}"
        return f"C{self.number:02d}{number:02d}"

    def source_code(self, number: int) -> str:
        """What payroll calls a cost center."""
        return f"K{self.number:02d}{number:02d}"

    def project(self, number: int) -> str:
        """A project, named alike by payroll and ERP but for the letter."""
        return f"{self.number:02d}{number:03d}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a provider writes its files."""

    delimiter: str
    decimal: str
    date_format: str
    month_format: str


POINT: Final = Dialect(",", ".", "%Y-%m-%d", "%Y-%m")
COMMA: Final = Dialect(";", ",", "%d.%m.%Y", "%m.%Y")


def dialect_of(provider: str) -> Dialect:
    """Every other provider writes decimal commas."""
    names = [name for name, *_ in PROVIDERS]
    names += sorted({expense_provider(currency) for _, currency, *_ in PROVIDERS})
    position = names.index(provider)
    return COMMA if position % 2 else POINT


def expense_provider(currency: str) -> str:
    """The expense platform's extract of one reimbursement currency."""
    return f"exp-{currency.lower()}"


def entities() -> Sequence[BenchEntity]:
    """All entities in the order of their numbers."""
    return list(_entities())


def _entities() -> Iterator[BenchEntity]:
    number = 0
    for provider, currency, country, timezone, count in PROVIDERS:
        for _ in range(count):
            number += 1
            yield BenchEntity(number, provider, currency, country, timezone)
