"""Journals: balanced, summarised, and a pure function of their inputs.

The external id is a readable prefix plus 16 base32 characters of the SHA-256 of the full key; it
never depends on content, clock or order. The content hash stands beside it: same id with another
hash is a conflict, never an overwrite.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from tieout.errors import TieoutError

_NAMESPACE = uuid.UUID("7d1c2f0e-6f53-5a7e-9d0b-3f2a4c1b8e55")


class JournalKind(StrEnum):
    """What a journal books."""

    PAYROLL = "payroll"
    EXPENSE = "expense"


#: Short names inside the external id.
KIND_PREFIX: Mapping[JournalKind, str] = {JournalKind.PAYROLL: "PAY", JournalKind.EXPENSE: "EXP"}


class JournalUnbalancedError(TieoutError):
    """Debits and credits differ; no plug line is ever made."""

    code = "journal_unbalanced"


@dataclass(frozen=True, slots=True)
class JournalKey:
    """The business identity of a journal; `batch` names the run or intake it books."""

    tenant: str
    entity: str
    kind: JournalKind
    period: str
    batch: str
    revision: int = 1
    part: int = 1

    def text(self) -> str:
        """The full key, stored beside the external id."""
        return "|".join(
            (
                self.tenant,
                self.entity,
                self.kind.value,
                self.period,
                self.batch,
                f"r{self.revision}",
                f"p{self.part}",
            )
        )

    def external_id(self) -> str:
        """Upper-case `[A-Z0-9_-]`, at most 40 characters, the same for ever."""
        digest = hashlib.sha256(self.text().encode()).digest()
        tail = base64.b32encode(digest).decode()[:16]
        prefix = f"{self.entity}-{KIND_PREFIX[self.kind]}-{self.period.replace('-', '')}"
        return f"{prefix}-{tail}".upper()


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line; debit positive, credit negative, in minor units of the journal's currency.

    `component_class` is the class that tie-out compares (wages, tax payable, …); `people_count`
    is the number of employees behind the line where the source names them, else 0.
    """

    number: int
    account: str
    amount_minor: int
    cost_center: str
    project: str
    component_class: str
    description: str
    people_count: int = 0

    @property
    def debit_minor(self) -> int:
        """The amount if it is a debit, else 0."""
        return max(self.amount_minor, 0)

    @property
    def credit_minor(self) -> int:
        """The magnitude if it is a credit, else 0."""
        return max(-self.amount_minor, 0)


@dataclass(frozen=True, slots=True)
class Journal:
    """A balanced journal of one legal entity."""

    key: JournalKey
    accounting_date: date
    currency: str
    memo: str
    lines: tuple[JournalLine, ...]
    input_versions: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        residual = sum(line.amount_minor for line in self.lines)
        if residual or not self.lines:
            raise JournalUnbalancedError(
                f"Journal {self.external_id} has {len(self.lines)} lines and is off by "
                f"{residual} minor units of {self.currency}; no plug was made.",
                blocks=f"journal {self.external_id}",
                next_step="Look at the lines and their sources.",
            )

    @property
    def external_id(self) -> str:
        """See `JournalKey.external_id`."""
        return self.key.external_id()

    @property
    def correlation_id(self) -> str:
        """UUIDv5 of the batch that began the chain; a replay finds the same one."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.key.tenant}|{self.key.batch}"))

    @property
    def debit_minor(self) -> int:
        """Sum of debits (equal to the sum of credits)."""
        return sum(line.debit_minor for line in self.lines)

    def content(self) -> dict[str, object]:
        """What is approved and posted; the input of the content hash."""
        return {
            "external_id": self.external_id,
            "key": self.key.text(),
            "entity": self.key.entity,
            "kind": self.key.kind.value,
            "period": self.key.period,
            "accounting_date": self.accounting_date.isoformat(),
            "currency": self.currency,
            "memo": self.memo,
            "correlation_id": self.correlation_id,
            "lines": [asdict(line) for line in self.lines],
            "inputs": [list(pair) for pair in self.input_versions],
        }

    def canonical_json(self) -> str:
        """Sorted keys, no blanks: the same journal gives the same bytes on every machine."""
        return json.dumps(self.content(), sort_keys=True, separators=(",", ":"), ensure_ascii=True)

    @property
    def content_hash(self) -> str:
        """SHA-256 of the canonical JSON; what an approval binds to."""
        return hashlib.sha256(self.canonical_json().encode()).hexdigest()


def list_hash(journals: Sequence[tuple[str, str]]) -> str:
    """Hash over the sorted list of (external id, content hash): what one approval covers."""
    return hashlib.sha256(json.dumps(sorted(journals)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Lineage:
    """Which source lines of one document stand behind one journal line, and with what share."""

    line_number: int
    document: str
    source_lines: tuple[int, ...]
    amount_minor: int
