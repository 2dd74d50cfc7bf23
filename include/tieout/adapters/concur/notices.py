"""Tell the platform that the ledger holds a document; repeating a notice changes nothing.

The booking stands whatever the platform says. An answer that was lost, or says that a confirmation
is already there, is settled by the document's own state.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tieout.adapters.concur.native import Native
from tieout.adapters.concur.service import DocumentService
from tieout.errors import Finding, Place, VendorUnavailableError
from tieout.finance.documents import Acknowledged
from tieout.finance.words import finding
from tieout.ports import BookedNotice

NOT_TAKEN_YET, RECALLED, CONFIRMED_BEFORE, TRY_LATER = 111, 112, 113, 199
BOOKED: Final = "POSTING_CONFIRMED_SUCCESS"
#: States from which a confirmation can still be sent.
OPEN_STATES: Final = frozenset({"READY", "ACKNOWLEDGED"})


class Notices:
    """One round of posting confirmations for one system id."""

    def __init__(self, service: DocumentService, system_id: str, batch_size: int) -> None:
        self._service = service
        self._batch_size = batch_size
        self._system_id = system_id

    def send(self, notices: Sequence[BookedNotice]) -> list[Acknowledged]:
        """Confirm all as booked; one answer per notice, in their order.

        Raises:
            VendorUnavailableError: the platform does not answer at all; repeating is safe.
        """
        answers: list[Acknowledged] = []
        for start in range(0, len(notices), self._batch_size):
            answers += self._batch(notices[start : start + self._batch_size])
        return answers

    def _batch(self, notices: Sequence[BookedNotice]) -> list[Acknowledged]:
        try:
            items = self._confirm(notices)
        except VendorUnavailableError:
            items = {}
        settled = {notice.native_ref: self._judge(notice, items) for notice in notices}
        again = [notice for notice in notices if settled[notice.native_ref] is None]
        if again:
            items = self._confirm(again)
            for notice in again:
                settled[notice.native_ref] = self._judge(notice, items)
        # What is open even now was told to wait twice; the next round sends it again.
        return [answer for answer in settled.values() if answer is not None]

    def _confirm(self, notices: Sequence[BookedNotice]) -> dict[str, Mapping[str, Any]]:
        return self._service.confirm([_confirmation(notice) for notice in notices], self._system_id)

    def _judge(
        self, notice: BookedNotice, items: Mapping[str, Mapping[str, Any]]
    ) -> Acknowledged | None:
        """The verdict on one notice; none when it has to be sent (again)."""
        native = Native.of(notice.native_ref)
        item = items.get(native.fis_id)
        code = None if item is None else item.get("code")
        if code == 0:
            return Acknowledged(notice.native_ref, taken=True)
        if code == RECALLED:
            return _refused(notice, _recalled_late(native))
        if code == TRY_LATER:
            return None
        if item is None or code in {CONFIRMED_BEFORE, NOT_TAKEN_YET}:
            return self._look(notice, native)
        said = str(item.get("errorMessage") or "")[:120]
        return _refused(notice, _notice_refused(native, f"code {code} {said}".strip()))

    def _look(self, notice: BookedNotice, native: Native) -> Acknowledged | None:
        element = self._service.of_report(native.report_id).get(native.fis_id)
        if element is None:
            return _refused(notice, _recalled_late(native))
        if element.status == BOOKED:
            return Acknowledged(notice.native_ref, taken=True)
        if element.status in OPEN_STATES:
            if element.status == "READY":
                # Booked without being taken: take it now, so that it can't be recalled.
                self._service.acknowledge([native.fis_id], self._system_id)
            return None
        return _refused(notice, _notice_refused(native, element.status or "(no state)"))


def _confirmation(notice: BookedNotice) -> dict[str, object]:
    """One success; the platform's fiscal year is the year of the posting date."""
    return {
        "docId": Native.of(notice.native_ref).fis_id,
        "overallPostingStatusCode": "success",
        "postingDocs": [
            {
                "companyId": notice.entity,
                "documentNumber": notice.ledger_number,
                "fiscalYear": str(notice.posting_date.year),
                "postingDate": notice.posting_date.isoformat(),
                "paymentRelevantLineItems": [],
            }
        ],
        "systemMessages": [],
    }


def _recalled_late(native: Native) -> Finding:
    return finding("concur_recalled_late", where=Place(native.number), report=native.number)


def _notice_refused(native: Native, found: str) -> Finding:
    return finding(
        "concur_notice_refused", where=Place(native.number), found=found, report=native.number
    )


def _refused(notice: BookedNotice, told: Finding) -> Acknowledged:
    return Acknowledged(notice.native_ref, taken=False, finding=told)
