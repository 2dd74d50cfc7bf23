"""From finance's codes to NetSuite's ids and back, over master data that was read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tieout.finance.ledger import ReferenceObject

_WORDS: Final = {
    "entity": "entity",
    "account": "account",
    "cost_center": "cost center",
    "project": "project",
    "currency": "currency",
}


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A code that can't be posted to: the code of the refusal and its reason."""

    code: str
    reason: str


class ReferenceIndex:
    """Looks up what a journal names and what the ledger answers."""

    def __init__(self, objects: Sequence[ReferenceObject]) -> None:
        self._by_code: dict[tuple[str, str], list[ReferenceObject]] = {}
        self._by_ref: dict[tuple[str, str], ReferenceObject] = {}
        for each in objects:
            self._by_code.setdefault((each.kind, each.code), []).append(each)
            self._by_ref[each.kind, each.ref] = each

    def resolve(self, kind: str, code: str, entity: str) -> ReferenceObject | Unresolved:
        """The one active object with that code which `entity` may use, or why there is none."""
        word = f"{_WORDS[kind]} {code}"
        named = self._by_code.get((kind, code), [])
        if not named:
            return Unresolved("erp_value_refused", f"NetSuite has no {word}")
        active = [each for each in named if each.active]
        if not active:
            return Unresolved("erp_value_refused", f"{word} is inactive in NetSuite")
        usable = [each for each in active if not each.entities or entity in each.entities]
        if not usable:
            return Unresolved("erp_wrong_subsidiary", f"{word} is not allowed in {entity}")
        if len(usable) > 1:
            refs = ", ".join(each.ref for each in usable)
            return Unresolved("erp_value_refused", f"{word} names several objects: {refs}")
        return usable[0]

    def code_of(self, kind: str, ref: str) -> str:
        """Finance's code of a NetSuite id; `#id` for one that we can't see, empty for none."""
        if not ref:
            return ""
        known = self._by_ref.get((kind, ref))
        return known.code if known else f"#{ref}"

    def precision(self, currency: str) -> int | None:
        """Decimals that NetSuite keeps in an ISO currency; none for an unknown one."""
        for each in self._by_code.get(("currency", currency), []):
            return int(each.fields["precision"])
        return None
