"""Take what the sources offer: bytes durable first, then registered, then acknowledged.

The hash of the bytes tells a duplicate; the business key tells a corrected delivery, which takes
the place of the first. Until the source knows that we hold a document, nothing is built from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from tieout.errors import Finding, Place, UnreadableDocumentError
from tieout.finance.documents import DocumentRef, Reading, SourceDocument
from tieout.finance.periods import AccountingPeriod
from tieout.finance.words import finding
from tieout.ports import Source, Wanted
from tieout.warehouse.store import Row, Work
from tieout.workflows.exceptions import close_exceptions, open_exception
from tieout.workflows.known_reports import known_before, report_keys, told_again
from tieout.workflows.office import Office
from tieout.workflows.units import to_parquet


@dataclass(frozen=True, slots=True)
class Intake:
    """What one look at a source brought."""

    provider: str
    offered: int
    new: int
    duplicates: int
    refused: int


def take_in(office: Office, provider: str, period: AccountingPeriod) -> Intake:
    """Discover, store, register and acknowledge a provider's documents of a period."""
    source = office.source(provider)
    refs = source.discover(Wanted(period))
    new = duplicates = 0
    for ref in refs:
        content, media_type = source.fetch(ref)
        office.objects.put(content)
        document = SourceDocument.of(ref, content, media_type, office.now())
        if _register(office, source, ref, document, content, period):
            new += 1
        else:
            duplicates += 1
    refused = _acknowledge(office, source, period)
    return Intake(provider, len(refs), new, duplicates, refused)


def _register(
    office: Office,
    source: Source,
    ref: DocumentRef,
    document: SourceDocument,
    content: bytes,
    period: AccountingPeriod,
) -> bool:
    """Register bytes we did not hold yet; False for a repeated delivery."""
    with office.warehouse.transaction() as work:
        known = work.row("extract", "find_document", sha256=document.sha256)
        if known is not None:
            if known["name"] != document.name:
                note_duplicate(office, work, document, str(known["name"]), period)
            return False
    try:
        reading = source.read(document, content)
    except UnreadableDocumentError as error:
        keep_unreadable(office, document, error.message, period)
        return True
    keep(office, document, reading, period, ref.group)
    return True


def note_duplicate(
    office: Office, work: Work, document: SourceDocument, first: str, period: AccountingPeriod
) -> None:
    """Bytes that are held already came again under another name; it is told once."""
    touched = work.run(
        "extract", "insert_delivery", sha256=document.sha256, provider=document.provider,
        name=document.name, duplicate=True, received_at=document.received_at,
    )  # fmt: skip
    if touched:
        told = finding(
            "document_duplicate", where=Place(document.name), name=document.name, first=first
        )
        opened = open_exception(
            work, told, at=office.now(), object_kind="document", object_key=document.name,
            period=period.code, cause=document.sha256[:16],
        )  # fmt: skip
        close_exceptions(work, [opened], "repeated delivery, no effect", office.now())


def keep_unreadable(
    office: Office, document: SourceDocument, reason: str, period: AccountingPeriod
) -> None:
    """Register a document of which nothing can be used, with an exception that says why."""
    told = finding(
        "document_unreadable",
        where=Place(document.name),
        name=document.name,
        reason=reason,
    )
    with office.warehouse.transaction() as work:
        _insert_document(work, document, "", "", "", {}, {}, [told])
        open_exception(
            work, told, at=office.now(), object_kind="document", object_key=document.name,
            period=period.code, cause=document.sha256[:16],
        )  # fmt: skip


def _insert_document(
    work: Work,
    document: SourceDocument,
    business_key: str,
    frame_kind: str,
    frame_sha256: str,
    facts: dict[str, object],
    summary: dict[str, object],
    findings: Sequence[Finding],
) -> None:
    work.run(
        "extract", "insert_document", sha256=document.sha256, provider=document.provider,
        name=document.name, size_bytes=document.size_bytes, media_type=document.media_type,
        native_ref=document.native_ref, business_key=business_key,
        received_at=document.received_at, entity=facts.get("entity", ""),
        frame_kind=frame_kind, frame_sha256=frame_sha256, facts=facts, summary=summary,
        findings={"told": [_as_stored(item) for item in findings]},
    )  # fmt: skip
    work.run(
        "extract", "insert_delivery", sha256=document.sha256, provider=document.provider,
        name=document.name, duplicate=False, received_at=document.received_at,
    )  # fmt: skip


def _as_stored(item: Finding) -> dict[str, object]:
    return item.as_dict() | {"lines": list(item.lines)}


def keep(
    office: Office,
    document: SourceDocument,
    reading: Reading,
    period: AccountingPeriod,
    group: str,
    *,
    acknowledged: bool = False,
) -> str:
    """Register a document that was read; its bytes are durable already.

    Args:
        office: the office.
        document: what arrived.
        reading: what was read from it.
        period: its period, where the document does not say.
        group: documents of one group make one unit of expenses; else those of `period`.
        acknowledged: nobody waits to hear that we hold it.

    Returns:
        The key of the unit that it belongs to.
    """
    frame_kind, frame = next(iter(reading.frames.items()))
    frame_sha256 = office.objects.put(to_parquet(frame), ".parquet")
    facts = asdict(reading.facts)
    kind = office.unit_kind(document.provider)
    business_key = reading.facts.business_key or document.sha256
    unit_key = (
        f"{document.provider}:{business_key.replace('|', ':')}"
        if kind == "payroll"
        else f"{document.provider}:{group or period.code}"
    )
    with office.warehouse.transaction() as work:
        earlier = _earlier(work, document, business_key) if kind == "expense" else []
        told = (*reading.findings, *_revised(document, reading, earlier))
        if kind == "expense" and office.holds_many_reports(document.provider):
            known = known_before(office, work, unit_key, document, report_keys(frame))
            told = (*told, *told_again(document, reading, known))
        _insert_document(
            work, document, business_key, frame_kind, frame_sha256, facts,
            dict(reading.summary), told,
        )  # fmt: skip
        _insert_control(work, document, reading)
        work.run(
            "extract", "upsert_unit", unit_key=unit_key, provider=document.provider, kind=kind,
            entity=reading.facts.entity if kind == "payroll" else "",
            period=reading.facts.period or period.code, at=office.now(),
        )  # fmt: skip
        if kind == "payroll":
            _supersede(office, work, unit_key, document, reading, period)
        for row in earlier:
            if row["native_ref"] == document.native_ref:
                # The same document, changed before we could acknowledge it: only the newest counts.
                work.run("extract", "supersede_document", old=row["sha256"], new=document.sha256)
        work.run("extract", "add_unit_document", unit_key=unit_key, sha256=document.sha256)
        if acknowledged:
            work.run("extract", "mark_acknowledged", sha256=document.sha256, at=office.now())
    return unit_key


def _earlier(work: Work, document: SourceDocument, business_key: str) -> list[Row]:
    return work.rows(
        "extract",
        "documents_of_business_key",
        provider=document.provider,
        business_key=business_key,
        sha256=document.sha256,
    )


def _revised(document: SourceDocument, reading: Reading, earlier: Sequence[Row]) -> list[Finding]:
    """The same report under another document id: a person decides, it is never booked twice."""
    others = [row for row in earlier if row["native_ref"] != document.native_ref]
    if not others:
        return []
    return [
        finding(
            "report_revised",
            where=Place(document.name),
            report=document.name,
            revision=reading.facts.sequence,
            found=f"known as {others[0]['name']} since {others[0]['received_at']:%Y-%m-%d}",
            blocks=f"report {document.name}",
        )
    ]


def _insert_control(work: Work, document: SourceDocument, reading: Reading) -> None:
    control = reading.control
    if control is None:
        return
    work.run(
        "extract", "insert_control", sha256=document.sha256, origin=control.origin.value,
        currency=control.currency, line_count=control.line_count,
        debit_minor=control.debit_minor, credit_minor=control.credit_minor,
    )  # fmt: skip
    work.run(
        "extract", "save_stated_people", sha256=document.sha256, headcount=control.headcount,
        net_pay_minor=control.net_pay_minor,
    )  # fmt: skip


def _supersede(
    office: Office,
    work: Work,
    unit_key: str,
    document: SourceDocument,
    reading: Reading,
    period: AccountingPeriod,
) -> None:
    replaced = work.rows(
        "extract", "supersede_documents", unit_key=unit_key, sha256=document.sha256
    )
    if not replaced:
        return
    told = finding("document_redelivered", where=Place(document.name), run=unit_key)
    opened = open_exception(
        work, told, at=office.now(), object_kind="unit", object_key=unit_key,
        entity=reading.facts.entity, period=period.code, cause=document.sha256[:16],
    )  # fmt: skip
    close_exceptions(work, [opened], "the corrected file takes its place", office.now())


def _acknowledge(office: Office, source: Source, period: AccountingPeriod) -> int:
    with office.warehouse.transaction() as work:
        waiting = [
            SourceDocument(**row)
            for row in work.rows("extract", "unacknowledged_documents", provider=source.provider)
        ]
    if not waiting:
        return 0
    by_ref = {document.native_ref: document for document in waiting}
    refused = 0
    answers = source.acknowledge(waiting)
    with office.warehouse.transaction() as work:
        for answer in answers:
            document = by_ref[answer.native_ref]
            if answer.taken:
                work.run("extract", "mark_acknowledged", sha256=document.sha256, at=office.now())
                continue
            refused += 1
            work.run("extract", "withdraw_document", sha256=document.sha256)
            if answer.finding is not None:
                open_exception(
                    work, answer.finding, at=office.now(), object_kind="document",
                    object_key=document.name, period=period.code, cause=document.sha256[:16],
                )  # fmt: skip
    return refused
