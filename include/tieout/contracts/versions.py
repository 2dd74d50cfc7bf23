"""Which versions of each contract are published, and until which day each is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final


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


#: So long before its sunset a version is told to be ending.
WARNED_DAYS: Final = 60


class Standing(StrEnum):
    """How a version that a document states stands on a day."""

    TAKEN = "taken"
    ENDING = "ending"  # taken, and its sunset is near
    OVER = "over"
    UNKNOWN = "unknown"  # never published


@dataclass(frozen=True, slots=True)
class Picked:
    """The version that a document is read by.

    Attributes:
        version: `major.minor`; of what was never published, as it was stated.
        sunset: the last day on which it is taken; None: no end is decided.
        offered: the versions that are taken on that day.
    """

    contract: str
    version: str
    standing: Standing
    sunset: date | None
    offered: tuple[str, ...]


def pick_version(
    contract: str, stated: str, on: date, published: Sequence[PublishedVersion] = PUBLISHED
) -> Picked:
    """The published version that a document's provider states, and how it stands on that day.

    Args:
        contract: name of the contract of the rows.
        stated: `pay_line@1` (the newest minor of that major), `pay_line@1.0`, or empty for the
            newest version. Another contract's name is a version that was never published.
        on: the business day of the reading.
        published: every version and its sunset.
    """
    own = sorted((one for one in published if one.contract == contract), key=_order)
    alive = tuple(one.version for one in own if one.sunset is None or on <= one.sunset)
    name, _, wanted = stated.partition("@")
    fits = [one for one in own if not stated or (name == contract and _meets(one.version, wanted))]
    if not fits:
        return Picked(contract, wanted or stated, Standing.UNKNOWN, None, alive)
    found = fits[-1]
    standing = Standing.TAKEN
    if found.version not in alive:
        standing = Standing.OVER
    elif found.sunset is not None and on > found.sunset - timedelta(days=WARNED_DAYS):
        standing = Standing.ENDING
    return Picked(contract, found.version, standing, found.sunset, alive)


def _order(one: PublishedVersion) -> tuple[int, ...]:
    return tuple(int(number) for number in one.version.split("."))


def _meets(version: str, wanted: str) -> bool:
    """`1` is met by every minor version of it, `1.0` by itself alone."""
    return version == wanted or version.partition(".")[0] == wanted
