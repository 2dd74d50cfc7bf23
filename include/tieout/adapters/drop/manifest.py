"""The manifest beside each delivered file: what it is about and what it must sum to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tieout.contracts.json_text import parse_json
from tieout.errors import Place, UnreadableDocumentError
from tieout.finance.documents import ControlOrigin, ControlTotals, DocumentFacts, RunKind
from tieout.finance.money import AmountUnreadableError, CurrencyUnknownError, to_minor

SUFFIX: Final = ".manifest.json"


def _exact(value: object) -> object:
    """Amounts are decimal text; a JSON number was read as its digits, never through a float."""
    return (
        str(value) if isinstance(value, (int, Decimal)) and not isinstance(value, bool) else value
    )


class Manifest(BaseModel):
    """What a provider states of one file; amounts are decimal text in `currency`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    file: str = ""
    sha256: str = Field(pattern=r"^[0-9a-fA-F]{64}$")
    provider: str
    entity: str
    pay_group: str
    period: str = Field(pattern=r"^\d{4}-\d{2}$")
    run_id: Annotated[str, BeforeValidator(_exact)]
    sequence: int = Field(default=1, ge=1)
    kind: RunKind = RunKind.REGULAR
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    line_count: int = Field(ge=0)
    debit: Annotated[str, BeforeValidator(_exact)]
    credit: Annotated[str, BeforeValidator(_exact)]
    headcount: int | None = None
    net_pay: Annotated[str | None, BeforeValidator(_exact)] = None
    pay_date: date | None = None

    @property
    def business_key(self) -> str:
        """Identity of the business content: a corrected file has the same one."""
        parts = (self.entity, self.pay_group, self.period, self.run_id, str(self.sequence))
        return "|".join(parts)

    def control(self) -> ControlTotals:
        """The stated totals in minor units.

        Raises:
            CurrencyUnknownError: the currency is not in ISO 4217.
            AmountUnreadableError: an amount has more digits than the currency.
        """
        return ControlTotals(
            origin=ControlOrigin.MANIFEST,
            currency=self.currency,
            line_count=self.line_count,
            debit_minor=to_minor(self.debit, self.currency),
            credit_minor=to_minor(self.credit, self.currency),
            headcount=self.headcount,
            net_pay_minor=None if self.net_pay is None else to_minor(self.net_pay, self.currency),
        )

    def facts(self) -> DocumentFacts:
        """What the run is, in our codes."""
        return DocumentFacts(
            entity=self.entity,
            pay_group=self.pay_group,
            period=self.period,
            run_ref=self.run_id,
            sequence=self.sequence,
            run_kind=self.kind,
            currency=self.currency,
            pay_date=self.pay_date,
            business_key=self.business_key,
        )


def _number(text: str) -> int | Decimal:
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def parse_manifest(text: str | bytes, name: str) -> Manifest:
    """The manifest as a value.

    Raises:
        UnreadableDocumentError: no JSON object of that form, with the fields that are wrong.
    """
    try:
        stated = parse_json(text, _number)
        manifest = Manifest.model_validate(stated)
        manifest.control()
    except ValidationError as error:
        wrong = ", ".join(
            f"{'.'.join(str(part) for part in told['loc'])} ({told['msg']})"
            for told in error.errors(include_url=False, include_input=False)
        )
        raise _unusable(name, wrong) from error
    except (AmountUnreadableError, CurrencyUnknownError) as error:
        raise _unusable(name, error.message) from error
    except ValueError as error:
        raise _unusable(name, str(error)) from error
    return manifest


def _unusable(name: str, wrong: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        f"The manifest of {name} can't be used: {wrong.rstrip('.')}.",
        where=Place(f"{name}{SUFFIX}"),
        blocks="run",
        next_step="Ask the provider for a correct manifest.",
    )
