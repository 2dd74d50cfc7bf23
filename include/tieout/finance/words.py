"""The catalogue of findings and exceptions: the words finance reads on pages, mails and in the API.

Each code has a title (what is wrong with which thing), what it blocks, the next step, and the role
whose step it is. Values stand in braces. A text is written once, here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.errors import Finding, Place, Severity
from tieout.finance.catalogue.arrivals import ARRIVALS
from tieout.finance.catalogue.entries import Words
from tieout.finance.catalogue.journals import JOURNALS
from tieout.finance.catalogue.ledger import LEDGER
from tieout.finance.catalogue.rules import RULES

#: Every code with its words.
CATALOGUE: Final[Mapping[str, Words]] = {**ARRIVALS, **RULES, **JOURNALS, **LEDGER}


class _Kept(dict[str, object]):
    """Leaves an unnamed value as an ellipsis instead of failing while telling what is wrong."""

    def __missing__(self, key: str) -> str:
        return "…"


def finding(
    code: str,
    /,
    *,
    where: Place | None = None,
    found: str = "",
    blocks: str | None = None,
    lines: tuple[int, ...] = (),
    severity: Severity | None = None,
    values: Mapping[str, object] | None = None,
    **more: object,
) -> Finding:
    """Say `code` with its values; see `CATALOGUE` for the texts.

    Values whose name is a word of Python (`class`) come in `values`, the others by name.
    """
    words = CATALOGUE[code]
    filled = _Kept({**(values or {}), **more})
    filled.setdefault("found", found)
    return Finding(
        code=code,
        message=words.title.format_map(filled),
        where=where or Place(),
        found=found,
        blocks=words.blocks.format_map(filled) if blocks is None else blocks,
        next_step=words.next_step.format_map(filled),
        severity=severity or words.severity,
        lines=lines,
    )
