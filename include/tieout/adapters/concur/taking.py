"""Acknowledge documents: from then on they are ours, locked, and may be booked.

Each document has its own answer. What the answer leaves open (it was lost, another holder is not
named, a document is missing from it) is settled by looking at the document again; nothing is
guessed. A document that the platform asks us to try again later has no answer here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tieout.adapters.concur.native import Native
from tieout.adapters.concur.service import DocumentService
from tieout.errors import Finding, Place, VendorUnavailableError
from tieout.finance.documents import Acknowledged
from tieout.finance.words import finding

OTHER_SYSTEM, TAKEN_BEFORE, RECALLED, NOT_READY, TRY_LATER = 99, 101, 102, 103, 199


class Taking:
    """One round of acknowledgements for one system id."""

    def __init__(self, service: DocumentService, system_id: str, batch_size: int) -> None:
        self._service = service
        self._batch_size = batch_size
        self._system_id = system_id

    def take(self, natives: Sequence[Native]) -> list[Acknowledged]:
        """Acknowledge all; documents to be asked again later are left out.

        Raises:
            VendorUnavailableError: the platform does not answer at all; repeating is safe.
        """
        answers: list[Acknowledged] = []
        for start in range(0, len(natives), self._batch_size):
            answers += self._batch(natives[start : start + self._batch_size])
        return answers

    def _batch(self, natives: Sequence[Native]) -> list[Acknowledged]:
        try:
            settled, open_ones = self._ask(natives)
        except VendorUnavailableError:
            settled, open_ones = [], list(natives)
        again = []
        for native in open_ones:
            looked_up = self._look(native)
            if looked_up is None:
                again.append(native)
            else:
                settled.append(looked_up)
        if again:
            # Still waiting there: the first request did not arrive, so this is no repetition.
            more, _ = self._ask(again)
            settled += more
        return settled

    def _ask(self, natives: Sequence[Native]) -> tuple[list[Acknowledged], list[Native]]:
        """What the platform's answers settle, and what they leave open."""
        items = self._service.acknowledge([native.fis_id for native in natives], self._system_id)
        settled, open_ones = [], []
        for native in natives:
            item = items.get(native.fis_id)
            if item is not None and item.get("code") in {NOT_READY, TRY_LATER}:
                continue
            answer = None if item is None else self._judge(native, item)
            if answer is None:
                open_ones.append(native)
            else:
                settled.append(answer)
        return settled, open_ones

    def _judge(self, native: Native, item: Mapping[str, Any]) -> Acknowledged | None:
        code = item.get("code")
        said = str(item.get("errorMessage") or "")
        if code == 0:
            return Acknowledged(native.text, taken=True)
        if code == TAKEN_BEFORE:
            ours = said.rstrip(". ").endswith(f"SystemId: {self._system_id}")
            return Acknowledged(native.text, taken=True) if ours else None
        if code == RECALLED:
            return _not_taken(native, recalled(native))
        if code == OTHER_SYSTEM:
            return _not_taken(native, taken_elsewhere(native, said))
        return _not_taken(native, unexpected(native, f"code {code}"))

    def _look(self, native: Native) -> Acknowledged | None:
        """The document's own state; none while it still waits to be taken."""
        element = self._service.of_report(native.report_id).get(native.fis_id)
        if element is None:
            return _not_taken(native, recalled(native))
        if element.status == "READY":
            return None
        if element.system_id == self._system_id:
            return Acknowledged(native.text, taken=True)
        return _not_taken(native, taken_elsewhere(native, element.system_id or "no system id"))


def recalled(native: Native) -> Finding:
    """The report went back to its owner before we had it."""
    return finding("concur_recalled", where=Place(native.number), report=native.number)


def taken_elsewhere(native: Native, found: str) -> Finding:
    """Another client holds the document; booking it too would double it."""
    return finding(
        "concur_taken_elsewhere",
        where=Place(native.number, None, "erpSystemId"),
        found=found[:80],
        report=native.number,
    )


def unexpected(native: Native, found: str) -> Finding:
    """An answer that is not in the platform's table for this call."""
    return finding(
        "status_unknown",
        where=Place(native.number),
        found=found,
        blocks="report",
        system="The expense platform",
    )


def _not_taken(native: Native, told: Finding) -> Acknowledged:
    return Acknowledged(native.text, taken=False, finding=told)
