"""The outbox: a message is written once by its key, and sent after that, once.

The bytes lie in the object store; the row holds their hash, whom it is owed to, and the last
answer. The row stays locked while its message is sent, so two runs never send the same one. What
a broken conversation leaves unknown is sent again under the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tieout.errors import SettingsError, VendorRefusedError, VendorUnavailableError
from tieout.finance.words import finding
from tieout.warehouse.store import Row, Work
from tieout.workflows.exceptions import open_exception, settle_object
from tieout.workflows.office import Office

SENT, WAITING, REFUSED, WITHDRAWN = "sent", "waiting", "refused", "withdrawn"
_SUFFIX: Final = ".eml"


@dataclass(frozen=True, slots=True)
class Letter:
    """A finished message on its way into the outbox."""

    key: str
    kind: str
    content: bytes
    recipients: tuple[str, ...]


def is_known(office: Office, message_key: str) -> bool:
    """Whether the outbox already holds a message of that key."""
    with office.warehouse.transaction() as work:
        return work.row("report", "message", message_key=message_key) is not None


def enqueue(office: Office, letter: Letter) -> bool:
    """Keep the bytes, then the row; False when the same key was there before."""
    stored = office.objects.put(letter.content, _SUFFIX)
    with office.warehouse.transaction() as work:
        return work.row(
            "report", "insert_message", message_key=letter.key, kind=letter.kind,
            payload_sha256=stored, sender=office.sender, recipients=list(letter.recipients),
            at=office.now(),
        ) is not None  # fmt: skip


def state_of(office: Office, message_key: str) -> str:
    """How a message stands: sent, waiting, refused or withdrawn."""
    with office.warehouse.transaction() as work:
        row = work.row("report", "message", message_key=message_key)
    if row is None or row["sent_at"] is not None:
        return WAITING if row is None else SENT
    said = str(row["last_answer"])
    return next((state for state in (REFUSED, WITHDRAWN) if said.startswith(state)), WAITING)


def send_waiting(office: Office, kind: str) -> int:
    """Send what waits of a kind, the oldest first; the number sent.

    A server that does not answer ends the round; the next run goes on.
    """
    tried: list[str] = []
    sent = 0
    while True:
        with office.warehouse.transaction() as work:
            row = work.row("report", "claim_message", kind=kind, tried=tried)
            if row is None:
                return sent
            tried.append(row["message_key"])
            try:
                sent += _send(office, work, row)
            except (VendorUnavailableError, SettingsError) as error:
                # An alarm, not a stop: the message waits, and whoever runs the system is told.
                _tell_refused(office, work, _topic(row["message_key"]), {"server": error.message})
                _answer(work, row, row["recipients"], f"waiting: {error.message}")
                return sent


def _send(office: Office, work: Work, row: Row) -> bool:
    """One conversation; what it answered is recorded with the row still locked."""
    topic = _topic(row["message_key"])
    wanted, strangers = _on_list(office, topic[0], row["recipients"])
    if not wanted:
        _answer(work, row, [], f"withdrawn: no longer on a report list: {', '.join(strangers)}")
        return False
    try:
        refused = office.mail_room().send(
            office.objects.get(row["payload_sha256"], _SUFFIX), row["sender"], wanted
        )
    except VendorRefusedError as error:
        refused = dict.fromkeys(wanted, error.message)
    _tell_refused(office, work, topic, refused)
    # Codes 4xx ask to come again: those recipients are still owed (RFC 5321, section 4.2.1).
    owed = [who for who in wanted if refused.get(who, "").startswith("4")]
    said = "; ".join(f"{who}: {reason}" for who, reason in sorted(refused.items()))
    if owed:
        _answer(work, row, owed, f"waiting: {said}")
    elif len(refused) == len(wanted):
        _answer(work, row, wanted, f"refused: {said}")
    else:
        work.run(
            "report", "answer_message", message_key=row["message_key"], sent_at=office.now(),
            recipients=wanted, last_answer=f"sent; refused: {said}" if said else "sent",
        )  # fmt: skip
        return True
    return False


def _answer(work: Work, row: Row, owed: Sequence[str], said: str) -> None:
    work.run(
        "report", "answer_message", message_key=row["message_key"], sent_at=None,
        recipients=list(owed), last_answer=said,
    )  # fmt: skip


def _topic(message_key: str) -> tuple[str, str]:
    """Entity and period of a report's key."""
    entity, period, _ = message_key.partition("|")[2].rsplit("|", 2)
    return entity, period


def _on_list(
    office: Office, entity: str, recipients: Collection[str]
) -> tuple[list[str], list[str]]:
    """Recipients that configuration still names, and those that it does not."""
    known = office.company.entities.get(entity)
    listed = set() if known is None else set(known.report_to)
    return (
        [who for who in recipients if who in listed],
        [who for who in recipients if who not in listed],
    )


def _tell_refused(
    office: Office, work: Work, topic: tuple[str, str], refused: Mapping[str, str]
) -> None:
    """What did not go out is an exception, never a stop; the next delivery closes it."""
    entity, period = topic
    key = f"report|{entity}|{period}"
    opened = [
        open_exception(
            work,
            finding("mail_refused", message=f"report {entity} {period}", found=f"{who}: {reason}"),
            at=office.now(), object_kind="mail", object_key=key, entity=entity, period=period,
            cause=who,
        )
        for who, reason in sorted(refused.items())
    ]  # fmt: skip
    settle_object(work, "mail", key, opened, "the mail was taken", office.now())
