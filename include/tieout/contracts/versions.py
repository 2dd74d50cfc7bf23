"""Which versions of each contract are published, and until which day each is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from tieout.errors import Place, UnreadableDocumentError


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """One published version.

    Attributes:
        sunset: the last day on which it is taken; None: no end is decided.
    """

    contract: str
    version: str
    sunset: date | None = None


#: A version enters with its schema below docs/reference/schemas and leaves after its sunset. When
#: a new major version enters, the one before gets a sunset, so that both live side by side.
PUBLISHED: Final = (
    *(
        PublishedVersion(name, version)
        for name in ("pay_line", "expense_line", "employee")
        for version in ("1.0", "1.1")
    ),
    *(
        PublishedVersion(name, "1.0")
        for name in (
            "legal_entity", "department", "cost_center", "project", "account", "vendor",
            "employee_record", "expense_type", "fx_rate", "pay_run", "control_total",
            "reimbursement_batch", "journal", "journal_line", "lineage", "lineage_link",
        )
    ),
)  # fmt: skip


def accepted_version(
    contract: str,
    version: str,
    on: date,
    published: Sequence[PublishedVersion] = PUBLISHED,
) -> PublishedVersion:
    """The published version that a document states, when it may still be read on that day.

    Raises:
        UnreadableDocumentError: it was never published, or its sunset has passed.
    """
    own = [one for one in published if one.contract == contract]
    alive = [one.version for one in own if one.sunset is None or on <= one.sunset]
    found = next((one for one in own if one.version == version), None)
    offered = ", ".join(alive) or "none"
    if found is None:
        raise _refused(f"{contract} {version} was never published.", contract, offered)
    if found.version not in alive:
        raise _refused(f"{contract} {version} was taken until {found.sunset}.", contract, offered)
    return found


def _refused(reason: str, contract: str, offered: str) -> UnreadableDocumentError:
    return UnreadableDocumentError(
        reason,
        where=Place(field=contract),
        blocks="every document of that version",
        next_step=f"Deliver one of the versions that are taken: {offered}.",
        code="contract_drift",
    )
