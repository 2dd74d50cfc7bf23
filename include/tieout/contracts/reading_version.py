"""Rows of a document, picked up by the contract version that its provider states.

Two major versions of a contract live side by side: the rows of the older one are translated to the
newest, step by step, and go on as if they had come in it. Before its sunset that is noted,
after it the document waits. A column that the version does not know, or one that is gone, is a
breaking change that nobody approved: it holds that provider's document and nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import polars as pl

from tieout.contracts.compatibility import major_of
from tieout.contracts.meaning import RowContract
from tieout.contracts.row_fields import CONTRACTS
from tieout.contracts.versions import (
    PUBLISHED,
    Picked,
    PublishedVersion,
    Standing,
    pick_version,
)
from tieout.errors import Finding, Place
from tieout.finance.words import finding

#: From the rows of one major version to those of the next.
Translation = Callable[[pl.DataFrame], pl.DataFrame]
#: What reading adds to the rows of every contract.
_POSITION: Final = ("line_no", "file_line")


@dataclass(frozen=True)
class Registry:
    """What is published, and how an older version becomes the newest.

    Attributes:
        contracts: (name, major) → the contract, of every major version that may still be read.
        translations: (name, major) → to the rows of the next major version.
    """

    published: Sequence[PublishedVersion]
    contracts: Mapping[tuple[str, int], RowContract]
    translations: Mapping[tuple[str, int], Translation]


#: The versions of this release. A new major version keeps the contract of the one before here,
#: with its translation, until its sunset has passed.
REGISTRY: Final = Registry(
    published=PUBLISHED,
    contracts={(name, major_of(one.version)): one for name, one in CONTRACTS.items()},
    translations={},
)


def read_by_version(
    frame: pl.DataFrame,
    picked: Picked,
    provider: str,
    document: str,
    registry: Registry = REGISTRY,
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """The rows as the newest version has them, and what is to be told of the version.

    No row is lost, whatever is told: rows of a refused version keep their place, with what columns
    the newest one knows, so that they are counted and held.

    Args:
        frame: the rows as the document's reader delivers them, all text but the position.
        picked: see `picked_for`.
        provider: whose document it is.
        document: its name.
        registry: versions and translations.
    """
    place = Place(document, field=picked.contract)
    if picked.standing in {Standing.UNKNOWN, Standing.OVER}:
        return _shaped(frame, _newest(picked, registry)), (_told(picked, provider, place),)
    told = [] if picked.standing is Standing.TAKEN else [_told(picked, provider, place)]
    major = major_of(picked.version)
    contract = registry.contracts[picked.contract, major]
    told += _drift(frame, contract, provider, document)
    rows = _shaped(frame, contract)
    while (picked.contract, major) in registry.translations:
        rows = registry.translations[picked.contract, major](rows)
        major += 1
    return _shaped(rows, _newest(picked, registry)), tuple(told)


def picked_for(contract: str, stated: str, on: date, registry: Registry = REGISTRY) -> Picked:
    """As `pick_version`, from the registry."""
    return pick_version(contract, stated, on, registry.published)


def _newest(picked: Picked, registry: Registry) -> RowContract:
    newest = max(major for name, major in registry.contracts if name == picked.contract)
    return registry.contracts[picked.contract, newest]


def _shaped(frame: pl.DataFrame, contract: RowContract) -> pl.DataFrame:
    """Exactly the columns of the contract; one that is not there is empty, none is guessed."""
    names = contract.names()
    absent = [pl.lit("").alias(name) for name in names if name not in frame.columns]
    return frame.with_columns(absent).select(*_POSITION, *names)


def _drift(
    frame: pl.DataFrame, contract: RowContract, provider: str, document: str
) -> Iterator[Finding]:
    names = contract.names()
    for column in names:
        if column not in frame.columns:
            yield _drifted(column, "gone", provider, document)
    for column in frame.columns:
        if column not in {*names, *_POSITION}:
            yield _drifted(column, "new", provider, document)


def _drifted(column: str, change: str, provider: str, document: str) -> Finding:
    return finding(
        "contract_drift",
        where=Place(document, None, column),
        found=f"{column} is {change}",
        blocks="run",
        provider=provider,
        column=column,
    )


def _told(picked: Picked, provider: str, place: Place) -> Finding:
    return finding(
        f"contract_version_{picked.standing.value}",
        where=place,
        found=picked.version,
        provider=provider,
        version=f"{picked.contract} {picked.version}",
        sunset=picked.sunset,
        offered=", ".join(picked.offered) or "none",
    )
