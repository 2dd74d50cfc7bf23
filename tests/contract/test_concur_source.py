"""The expense source against the platform's twin: nothing lost, nothing doubled."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sandbox.faults import FaultBoard
from tests.contract.twin_concur_company import (
    COMPANY,
    Concur,
    company,
    fis_id,
    report_id,
    write_seed,
)
from tieout.adapters.concur.native import Native
from tieout.adapters.concur.source import ConcurSource, make
from tieout.adapters.concur.token_file import TokenFile
from tieout.adapters.concur.tokens import CompanyTokens
from tieout.adapters.transport import (
    Connection,
    Limits,
    SignInRefusedError,
    ThreadSlots,
)
from tieout.errors import VendorRefusedError, VendorUnavailableError
from tieout.finance.documents import Acknowledged, DocumentRef, SourceDocument
from tieout.finance.periods import calendar_month
from tieout.ports import BookedNotice, Wanted

PROFILE = {
    "provider": "concur",
    "kind": "concur",
    "entities": {"UKLTD": "UK01"},
    "parties": {"EMPL": "employee", "CBCP": "company_card"},
    "dims": {"cost_center": "allocationCustom1Code"},
    "page_size": 3,
    "acknowledge_size": 4,
}
OCTOBER = Wanted(calendar_month("2026-10"))
AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
#: Reads are not repeated, so that a test of a fault does not wait.
IMPATIENT = Limits(read_attempts=1, idle_seconds=5, total_seconds=5)


@pytest.fixture
def concur(tmp_path: Path) -> Iterator[Concur]:
    """Seven waiting expense documents, and the hands of the company."""
    write_seed(tmp_path)
    with company(tmp_path, FaultBoard()) as caller:
        yield caller


@pytest.fixture
def tokens(tmp_path: Path) -> TokenFile:
    """The store of the refresh token."""
    return TokenFile(tmp_path / "private" / "concur.json")


def connection_to(concur: Concur, **changes: Any) -> Connection:
    """The company's connection to the twin."""
    extra = {"client_id": "client-1", "client_secret": "secret-1", "system_id": "tieout"}
    wanted = {"login": COMPANY, "password": "request-token-1", "extra": extra} | changes
    return Connection(concur.base, **wanted)


def new_source(concur: Concur, tokens: TokenFile, **changes: Any) -> ConcurSource:
    """A source as a new process makes it."""
    return make(PROFILE, connection_to(concur, **changes), tokens, limits=IMPATIENT)


@pytest.fixture
def source(concur: Concur, tokens: TokenFile) -> Iterator[ConcurSource]:
    """Our source, not signed in yet."""
    made = new_source(concur, tokens)
    yield made
    made.close()


def waiting_count(concur: Concur, tokens: TokenFile) -> int:
    """How many documents a new process finds waiting."""
    made = new_source(concur, tokens)
    try:
        return len(made.discover(OCTOBER))
    finally:
        made.close()


def fetched(source: ConcurSource, refs: list[DocumentRef]) -> list[SourceDocument]:
    """The offered documents, fetched."""
    return [SourceDocument.of(ref, *source.fetch(ref), AT) for ref in refs]


def offered(source: ConcurSource) -> list[SourceDocument]:
    """Everything that waits, fetched."""
    return fetched(source, list(source.discover(OCTOBER)))


def taken(answers: Sequence[Acknowledged]) -> dict[str, str]:
    """Document id -> `taken`, or the code of its finding."""
    shown = {}
    for answer in answers:
        code = answer.finding.code if answer.finding else "no reason"
        shown[Native.of(answer.native_ref).fis_id] = "taken" if answer.taken else code
    return shown


ALL_TAKEN = {fis_id(number): "taken" for number in range(1, 8)}


def statuses(concur: Concur) -> set[tuple[str, str | None]]:
    """State and holder of the seven expense documents."""
    return {
        (document["status"], document["erpSystemId"])
        for document in concur.look("/documents")
        if document["docType"] == "expense"
    }


def test_every_page_is_read_before_anything_is_taken(source: ConcurSource, concur: Concur) -> None:
    """Acknowledging while paging loses documents: the pages move up."""
    refs = list(source.discover(OCTOBER))
    assert [Native.of(ref.native_ref).fis_id for ref in refs] == [
        fis_id(number) for number in range(1, 8)
    ]
    assert {ref.group for ref in refs} == {"concur-2026-10"}
    assert {ref.name for ref in refs} == {"K7WQ2D"}
    assert statuses(concur) == {("READY", None)}


def test_a_fetched_document_has_the_same_bytes_each_time(source: ConcurSource) -> None:
    """The hash is the document's identity, though the platform shuffles its keys."""
    first = offered(source)
    assert [document.sha256 for document in offered(source)] == [
        document.sha256 for document in first
    ]
    assert len({document.sha256 for document in first}) == 7
    once_more = fetched(source, [DocumentRef("concur", d.name, d.native_ref) for d in first])
    assert [document.sha256 for document in once_more] == [d.sha256 for d in first]


def test_the_bytes_keep_every_digit_of_the_platform(source: ConcurSource) -> None:
    """Evidence relies on it: 120.00 and 0E-8 arrive and stay as written."""
    ref = source.discover(OCTOBER)[0]
    content, media_type = source.fetch(ref)
    assert media_type == "application/json"
    assert b'"totalApprovedAmount":120.00' in content
    assert b'"entryExchangeRate":0.89294902' in content


def approve(concur: Concur, number: int, approved_at: str) -> None:
    """Put one more approved report into the queue."""
    shown = concur.get(docId=report_id(1), ignoreDocumentStatus="yes").json()["content"][0]
    content = {**shown, "id": fis_id(number), "docStatus": "READY", "erpSystemId": None}
    report = content["document"]["report"]
    report["reportId"] = report_id(number)
    report["reportPaymentProcessingDate"] = approved_at
    report["reportOrgUnit1Code"] = "UKLTD"
    concur.control("/approve", content=content, approved_at=approved_at)


def test_a_report_of_the_next_period_waits_for_its_own(
    source: ConcurSource, concur: Concur
) -> None:
    """The close relies on it: October takes what was approved until its last evening."""
    approve(concur, 20, "2026-10-31T23:59:59.000Z")
    approve(concur, 21, "2026-11-01T00:00:00.000Z")
    approve(concur, 22, "2026-09-30T10:00:00.000Z")
    by_id = {Native.of(ref.native_ref).fis_id: ref.group for ref in source.discover(OCTOBER)}
    assert by_id[fis_id(20)] == "concur-2026-10"
    assert by_id[fis_id(22)] == "concur-2026-09"
    assert fis_id(21) not in by_id
    november = source.discover(Wanted(calendar_month("2026-11")))
    assert fis_id(21) in {Native.of(ref.native_ref).fis_id for ref in november}


def test_taken_documents_are_locked_for_us_and_leave_the_queue(
    source: ConcurSource, concur: Concur
) -> None:
    """A document that we hold can't be recalled under our feet."""
    assert taken(source.acknowledge(offered(source))) == ALL_TAKEN
    assert statuses(concur) == {("ACKNOWLEDGED", "tieout")}
    assert source.discover(OCTOBER) == []


@pytest.mark.promise("S60")
def test_taking_again_changes_nothing(source: ConcurSource, concur: Concur) -> None:
    """A crash between the answer and our note of it is harmless."""
    documents = offered(source)
    source.acknowledge(documents)
    assert taken(source.acknowledge(documents)) == ALL_TAKEN
    assert statuses(concur) == {("ACKNOWLEDGED", "tieout")}


@pytest.mark.promise("S60")
@pytest.mark.parametrize(
    "kind",
    [
        "drop_before",
        "drop_after",
        "error_before",
        "error_after",
        "truncated_json",
        "reset_body",
        "item_missing",
        "item_doubled",
        "null_system",
    ],
)
def test_whatever_happens_to_the_answer_every_document_is_taken_once(
    kind: str, source: ConcurSource, concur: Concur
) -> None:
    """A lost or broken answer is settled by the documents' own state, never guessed."""
    documents = offered(source)
    concur.arm(kind, "acknowledgements")
    assert taken(source.acknowledge(documents)) == ALL_TAKEN
    assert statuses(concur) == {("ACKNOWLEDGED", "tieout")}


def test_answers_in_another_order_belong_to_their_documents(
    source: ConcurSource, concur: Concur
) -> None:
    """Answers are matched by document, not by place."""
    documents = offered(source)
    concur.control("/recall", report_id=report_id(2))
    concur.control("/switches", item_order="reversed")
    assert taken(source.acknowledge(documents)) == ALL_TAKEN | {fis_id(2): "concur_recalled"}


@pytest.mark.promise("S20")
def test_a_report_recalled_before_we_took_it_is_not_taken(
    source: ConcurSource, concur: Concur
) -> None:
    """A report that went back to its owner stops here, with a note and nothing else."""
    documents = offered(source)
    concur.control("/recall", report_id=report_id(3))
    answers = source.acknowledge(documents)
    assert taken(answers)[fis_id(3)] == "concur_recalled"
    (told,) = [answer.finding for answer in answers if answer.finding]
    assert (told.severity, told.blocks) == ("warning", "nothing")


def test_a_report_that_another_client_took_is_left_alone(
    source: ConcurSource, concur: Concur
) -> None:
    """Two feeds into one ledger would double every expense."""
    documents = offered(source)
    concur.acknowledge(4, system="other-erp")
    answers = source.acknowledge(documents)
    assert taken(answers) == ALL_TAKEN | {fis_id(4): "concur_taken_elsewhere"}
    (told,) = [answer.finding for answer in answers if answer.finding]
    assert told.severity == "critical"
    assert told.next_step == "Find the second feed."


def test_a_holder_that_is_not_named_is_another_client(source: ConcurSource, concur: Concur) -> None:
    """Only our own system id proves that the first acknowledgement was ours."""
    documents = offered(source)
    concur.acknowledge(4, system=None)
    assert taken(source.acknowledge(documents))[fis_id(4)] == "concur_taken_elsewhere"


def test_a_rival_that_comes_first_wins(source: ConcurSource, concur: Concur) -> None:
    """Between reading and taking someone else may be faster."""
    documents = offered(source)
    concur.arm("rival_acknowledges", "acknowledgements", system_id="rival")
    answers = taken(source.acknowledge(documents))
    assert sorted(answers.values()) == ["concur_taken_elsewhere"] * 4 + ["taken"] * 3


def test_a_document_that_does_not_exist_is_told(source: ConcurSource) -> None:
    """A wrong id is a fault of ours or of the platform, and never a silent success."""
    ref = DocumentRef("concur", "X", Native("f" * 32, report_id(1), "X").text)
    document = SourceDocument.of(ref, b"{}", "application/json", AT)
    assert taken(source.acknowledge([document])) == {"f" * 32: "status_unknown"}


def test_a_platform_that_does_not_answer_at_all_is_unavailable(
    source: ConcurSource, concur: Concur
) -> None:
    """The task fails, is tried again later, and finds everything as it was."""
    documents = offered(source)
    for operation in ("acknowledgements", "transactions"):
        concur.arm("drop_before", operation)
    with pytest.raises(VendorUnavailableError):
        source.acknowledge(documents)
    assert taken(source.acknowledge(documents)) == ALL_TAKEN


def test_a_recalled_document_can_no_longer_be_fetched(source: ConcurSource, concur: Concur) -> None:
    """Whoever comes late is told why, in finance's words."""
    native = Native(fis_id(5), report_id(5), "K7WQ2D")
    concur.control("/recall", report_id=report_id(5))
    with pytest.raises(VendorRefusedError) as caught:
        source.fetch(DocumentRef("concur", "K7WQ2D", native.text))
    assert caught.value.code == "concur_recalled"


def test_a_change_between_fetching_and_taking_is_seen(source: ConcurSource, concur: Concur) -> None:
    """What is booked is what the platform has locked, not what it showed before."""
    document = offered(source)[0]
    content, _ = source.fetch(DocumentRef("concur", document.name, document.native_ref))
    source.acknowledge([document])
    assert not source.changed_since(document, content)
    assert source.changed_since(document, content.replace(b"120.00", b"121.00"))


def notice(document: SourceDocument, entity: str = "UK01") -> BookedNotice:
    """The ledger holds the document."""
    return BookedNotice(document.native_ref, entity, "JE-88213", date(2026, 10, 31))


def test_a_booking_is_told_with_its_ledger_number(source: ConcurSource, concur: Concur) -> None:
    """Employees see that their report was sent for payment, auditors the ledger's number."""
    documents = offered(source)
    source.acknowledge(documents)
    assert taken(source.report_booked([notice(d) for d in documents])) == ALL_TAKEN
    assert statuses(concur) == {("POSTING_CONFIRMED_SUCCESS", "tieout")}
    posted = concur.look("/postings")[0]["postingDocs"][0]
    assert (posted["companyId"], posted["documentNumber"]) == ("UK01", "JE-88213")
    assert (posted["fiscalYear"], posted["postingDate"]) == ("2026", "2026-10-31")


@pytest.mark.promise("S60")
@pytest.mark.parametrize(
    "kind", ["", "drop_before", "drop_after", "error_after", "truncated_json", "item_missing"]
)
def test_a_notice_may_be_repeated_whatever_became_of_its_answer(
    kind: str, source: ConcurSource, concur: Concur
) -> None:
    """The platform and the ledger end in the same state, with one confirmation each."""
    documents = offered(source)
    source.acknowledge(documents)
    if kind:
        concur.arm(kind, "postingconfirmations")
    notices = [notice(document) for document in documents]
    assert taken(source.report_booked(notices)) == ALL_TAKEN
    assert taken(source.report_booked(notices)) == ALL_TAKEN
    assert len(concur.look("/postings")) == 7


def test_a_notice_of_a_document_that_was_not_taken_takes_it_first(
    source: ConcurSource, concur: Concur
) -> None:
    """A booked report must not stay recallable."""
    document = offered(source)[0]
    assert list(taken(source.report_booked([notice(document)])).values()) == ["taken"]
    assert concur.state(1)["status"] == "POSTING_CONFIRMED_SUCCESS"


def test_a_report_recalled_after_booking_asks_for_a_reversal(
    source: ConcurSource, concur: Concur
) -> None:
    """The ledger holds a cost that the platform took back: the controller hears of it."""
    document = offered(source)[0]
    concur.control("/recall", report_id=report_id(1))
    (answer,) = source.report_booked([notice(document)])
    assert answer.finding is not None
    assert answer.finding.code == "concur_recalled_late"


def test_a_refused_notice_leaves_the_booking_and_is_told(
    source: ConcurSource, concur: Concur
) -> None:
    """The ledger is right whatever the platform accepts."""
    documents = offered(source)[:2]
    source.acknowledge(documents)
    answers = taken(source.report_booked([notice(documents[0], "E" * 33), notice(documents[1])]))
    assert answers == {fis_id(1): "concur_notice_refused", fis_id(2): "taken"}


def test_a_document_confirmed_as_failed_by_hand_is_told(
    source: ConcurSource, concur: Concur
) -> None:
    """An existing confirmation counts as ours only when it says the same."""
    document = offered(source)[0]
    source.acknowledge([document])
    concur.confirm(1, "error")
    assert taken(source.report_booked([notice(document)])) == {fis_id(1): "concur_notice_refused"}


def kept(tokens: TokenFile) -> dict[str, str]:
    """What the store holds."""
    stored: dict[str, str] = json.loads(tokens.read() or "{}")
    return stored


@pytest.mark.parametrize("rotation", ["same", "keep_old", "kill_old"])
def test_the_refresh_token_is_stored_and_used_by_the_next_process(
    rotation: str, concur: Concur, tokens: TokenFile
) -> None:
    """A restart needs no new request token, whatever the platform does to the old one."""
    concur.control("/switches", rotation=rotation)
    assert waiting_count(concur, tokens) == 7
    first = kept(tokens)
    assert first["geolocation"] == concur.base
    concur.control("/switches", request_token_seconds=0)
    assert waiting_count(concur, tokens) == 7
    assert (kept(tokens)["refresh_token"] == first["refresh_token"]) == (rotation == "same")


def test_the_stored_token_can_be_read_by_its_owner_alone(
    source: ConcurSource, tokens: TokenFile, tmp_path: Path
) -> None:
    """A refresh token is worth half a year of access."""
    source.discover(OCTOBER)
    assert (tmp_path / "private" / "concur.json").stat().st_mode & 0o777 == 0o600


class _NoRoom(TokenFile):
    """A store that can't keep anything."""

    def write(self, text: str) -> None:
        raise OSError("no space left")


def test_an_access_token_is_used_only_after_the_refresh_token_is_kept(
    concur: Concur, tmp_path: Path
) -> None:
    """Losing a rotated refresh token would lock the company out."""
    source = new_source(concur, _NoRoom(tmp_path / "t.json"))
    with pytest.raises(OSError, match="no space left"):
        source.discover(OCTOBER)


@pytest.mark.parametrize("expired_status", [401, 403])
def test_an_expired_access_token_is_refreshed_once(
    expired_status: int, source: ConcurSource, concur: Concur
) -> None:
    """The platform says 401 or 403; both mean the same, for reads and for writes."""
    concur.control("/switches", expired_status=expired_status)
    documents = offered(source)
    concur.control("/tokens/expire")
    assert len(source.discover(OCTOBER)) == 7
    concur.control("/tokens/expire")
    assert taken(source.acknowledge(documents)) == ALL_TAKEN


def test_a_dead_refresh_token_is_replaced_by_the_request_token(
    concur: Concur, tokens: TokenFile
) -> None:
    """While the request token lives, nobody is called in."""
    assert waiting_count(concur, tokens) == 7
    concur.control("/tokens/expire", refresh=True)
    assert waiting_count(concur, tokens) == 7


def test_a_refused_sign_in_says_what_to_do_and_shows_no_secret(
    concur: Concur, tokens: TokenFile
) -> None:
    """The platform team gets a cure, not a stack of secrets."""
    source = new_source(concur, tokens, password="wrong-request-token")
    with pytest.raises(SignInRefusedError) as caught:
        source.discover(OCTOBER)
    assert "request token" in caught.value.next_step
    for secret in ("wrong-request-token", "secret-1", "client-1"):
        assert secret not in str(caught.value)


def test_maintenance_of_the_company_is_a_pause_not_a_refusal(
    concur: Concur, tokens: TokenFile
) -> None:
    """The next run tries again; nobody renews keys that are good."""
    concur.arm("maintenance", "token")
    with pytest.raises(VendorUnavailableError):
        assert waiting_count(concur, tokens) == 7


def test_a_home_outside_the_platform_is_not_followed(concur: Concur, tokens: TokenFile) -> None:
    """A forged answer must not make us carry the company's token to another host."""
    concur.arm(
        "geolocation_change", "token", geolocation="https://us.concursolutions.com.evil.test"
    )
    with pytest.raises(VendorRefusedError, match="not its own"):
        assert waiting_count(concur, tokens) == 7
    assert tokens.read() is None


@pytest.mark.parametrize(
    ("stated", "origin"),
    [
        (
            "https://us.api.concursolutions.com/oauth2/v0/token",
            "https://us.api.concursolutions.com",
        ),
        ("https://www-eu2.api.concursolutions.com", "https://www-eu2.api.concursolutions.com"),
        ("http://us2.api.concursolutions.com", ""),
        ("https://us2.api.concursolutions.com@evil.test", ""),
        ("https://evil.test/.api.concursolutions.com", ""),
        ("", ""),
    ],
)
def test_only_the_platforms_own_hosts_count_as_a_home(
    stated: str, origin: str, tokens: TokenFile
) -> None:
    """Scheme and host are kept; anything that is not the platform over TLS is refused."""
    connection = Connection("https://glz.api.concursolutions.com")
    company_tokens = CompanyTokens(connection, tokens, ThreadSlots())
    if origin:
        assert company_tokens.allowed_origin(stated) == origin
        return
    with pytest.raises(VendorRefusedError):
        company_tokens.allowed_origin(stated)


def test_a_company_that_lives_elsewhere_is_not_followed_to_a_strange_host(
    concur: Concur, tokens: TokenFile
) -> None:
    """The platform's redirection of a sign-in is held to the same list of hosts."""
    concur.control("/switches", home="https://elsewhere.example.test")
    with pytest.raises(VendorRefusedError, match="not its own"):
        new_source(concur, tokens).discover(OCTOBER)
