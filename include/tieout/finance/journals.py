"""Journals: balanced, summarised, and a pure function of their inputs.

The content hash stands beside the external id (see `tieout.finance.journal_keys`): same id with
another hash is a conflict, never an overwrite.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from tieout.errors import TieoutError
from tieout.finance.journal_keys import KIND_PREFIX, JournalKey, JournalKind

__all__ = [
    "KIND_PREFIX", "NO_TIES", "Journal", "JournalKey", "JournalKind", "JournalLine", "JournalTies",
    "JournalUnbalancedError", "Lineage", "list_hash", "takes_back",
]  # fmt: skip

_NAMESPACE = uuid.UUID("7d1c2f0e-6f53-5a7e-9d0b-3f2a4c1b8e55")


class JournalUnbalancedError(TieoutError):
    """Debits and credits differ; no plug line is ever made."""

    code = "journal_unbalanced"


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line; debit positive, credit negative, in minor units of the journal's currency.

    `component_class` is the class that tie-out compares (wages, tax payable, …); `people_count`
    is the number of employees behind the line where the source names them, else 0.

    `functional_minor` is the same amount in the entity's functional currency where the journal's
    is another one. `tax_code` and `tax_base_minor` (in the journal's currency, signed as the line)
    say what a tax line is reckoned from, for the VAT listing.
    """

    number: int
    account: str
    amount_minor: int
    cost_center: str
    project: str
    component_class: str
    description: str
    people_count: int = 0
    functional_minor: int | None = None
    tax_code: str = ""
    tax_base_minor: int | None = None

    def content(self) -> dict[str, object]:
        """The line as it enters the content hash: what it does not state is left out."""
        stated: dict[str, object] = {
            "number": self.number,
            "account": self.account,
            "amount_minor": self.amount_minor,
            "cost_center": self.cost_center,
            "project": self.project,
            "component_class": self.component_class,
            "description": self.description,
            "people_count": self.people_count,
        }
        # These came after journals were posted: absent means as before.
        if self.functional_minor is not None:
            stated["functional_minor"] = self.functional_minor
        if self.tax_code:
            stated["tax_code"] = self.tax_code
        if self.tax_base_minor is not None:
            stated["tax_base_minor"] = self.tax_base_minor
        return stated

    @property
    def debit_minor(self) -> int:
        """The amount if it is a debit, else 0."""
        return max(self.amount_minor, 0)

    @property
    def credit_minor(self) -> int:
        """The magnitude if it is a credit, else 0."""
        return max(-self.amount_minor, 0)


@dataclass(frozen=True, slots=True)
class JournalTies:
    """How a journal hangs together with others; what is empty is not said.

    Attributes:
        reverses: external id of the journal that this one takes back, amount for amount.
        supersedes: external id of the journal in the ledger whose place this one takes.
        pair: external id of the first journal of those that only go together (an accrual and its
            reversal, both legs between companies, reverse and rebook).
        chain: the batch that began the chain, where this journal has a batch of its own.
        parts: into how many journals the whole was cut; `JournalKey.part` says which this is.
    """

    reverses: str = ""
    supersedes: str = ""
    pair: str = ""
    chain: str = ""
    parts: int = 1

    def content(self) -> dict[str, object]:
        """What is said, for the content hash."""
        stated = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in stated.items() if value not in {"", 1}}


#: Stands alone.
NO_TIES = JournalTies()


@dataclass(frozen=True, slots=True)
class Journal:
    """A balanced journal of one legal entity.

    `rate_basis` says which rate its functional amounts were reckoned with (type, date, source);
    with it every line carries a functional amount of `functional_currency`, and these balance too.
    """

    key: JournalKey
    accounting_date: date
    currency: str
    memo: str
    lines: tuple[JournalLine, ...]
    input_versions: tuple[tuple[str, str], ...]
    ties: JournalTies = NO_TIES
    rate_basis: str = ""
    functional_currency: str = ""
    _hash: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        residual = sum(line.amount_minor for line in self.lines)
        if residual or not self.lines:
            raise JournalUnbalancedError(
                f"Journal {self.external_id} has {len(self.lines)} lines and is off by "
                f"{residual} minor units of {self.currency}; no plug was made.",
                blocks=f"journal {self.external_id}",
                next_step="Look at the lines and their sources.",
            )
        self._check_functional()
        if not 1 <= self.key.part <= self.ties.parts and self.ties.parts > 1:
            raise JournalUnbalancedError(
                f"Journal {self.external_id} is part {self.key.part} of {self.ties.parts}.",
                blocks=f"journal {self.external_id}",
                next_step="Build it anew.",
            )

    def _check_functional(self) -> None:
        """Functional amounts stand on every line or on none, and balance by themselves."""
        amounts = [line.functional_minor for line in self.lines]
        given = [amount for amount in amounts if amount is not None]
        if not given and not self.rate_basis and not self.functional_currency:
            return
        whole = len(given) == len(amounts) and self.rate_basis and self.functional_currency
        if not whole or sum(given, 0) != 0:
            raise JournalUnbalancedError(
                f"Journal {self.external_id} is off by {sum(given)} minor units of "
                f"{self.functional_currency or 'no functional currency'} on {len(given)} of "
                f"{len(amounts)} lines; no plug was made.",
                blocks=f"journal {self.external_id}",
                next_step="Look at the rate and the rounding of its lines.",
            )

    @property
    def external_id(self) -> str:
        """See `JournalKey.external_id`."""
        return self.key.external_id()

    @property
    def correlation_id(self) -> str:
        """UUIDv5 of the batch that began the chain; a replay finds the same one."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.key.tenant}|{self.ties.chain or self.key.batch}"))

    @property
    def debit_minor(self) -> int:
        """Sum of debits (equal to the sum of credits)."""
        return sum(line.debit_minor for line in self.lines)

    def content(self) -> dict[str, object]:
        """What is approved and posted; the input of the content hash.

        What a journal does not state is left out, so that one of last year keeps its hash.
        """
        more = {
            name: value
            for name, value in {
                "rate_basis": self.rate_basis,
                "functional_currency": self.functional_currency,
                **self.ties.content(),
            }.items()
            if value
        }
        return more | {
            "external_id": self.external_id,
            "key": self.key.text(),
            "entity": self.key.entity,
            "kind": self.key.kind.value,
            "period": self.key.period,
            "accounting_date": self.accounting_date.isoformat(),
            "currency": self.currency,
            "memo": self.memo,
            "correlation_id": self.correlation_id,
            "lines": [line.content() for line in self.lines],
            "inputs": [list(pair) for pair in self.input_versions],
        }

    def canonical_json(self) -> str:
        """Sorted keys, no blanks: the same journal gives the same bytes on every machine."""
        text = json.dumps(self.content(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        # The content can't change, so neither can its hash: it is reckoned once.
        object.__setattr__(self, "_hash", hashlib.sha256(text.encode()).hexdigest())
        return text

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON; what an approval binds to."""
        if not self._hash:
            self.canonical_json()
        return self._hash


def takes_back(journal: Journal, original: Journal) -> bool:
    """Whether a journal is the opposite of another, line for line, and not of a part of it."""
    return journal.ties.reverses == original.external_id and sorted(
        (line.account, line.cost_center, line.project, -line.amount_minor) for line in journal.lines
    ) == sorted(
        (line.account, line.cost_center, line.project, line.amount_minor) for line in original.lines
    )


def list_hash(journals: Sequence[tuple[str, str]]) -> str:
    """Hash over the sorted list of (external id, content hash): what one approval covers."""
    return hashlib.sha256(json.dumps(sorted(journals)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which source lines of one document stand behind one journal line, and with what share.

    `shares` is empty where all of them stand with their whole amount; else it has an element for
    each source line: its share in minor units, or none for its whole amount.
    """

    line_number: int
    document: str
    source_lines: tuple[int, ...]
    amount_minor: int
    shares: tuple[int | None, ...] = ()
