"""The HTTP client of every connector, against a vendor that misbehaves over real sockets."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.builders.scripted_vendor import ScriptedVendor, answer, scripted_vendor
from tieout.adapters.transport import (
    AnswerLostError,
    Connection,
    HttpClient,
    Limits,
    NotSentError,
    Request,
    ThreadSlots,
    Token,
    TokenCache,
    VendorBusyError,
)
from tieout.adapters.transport.exact_json import dumps, loads
from tieout.errors import VendorRefusedError, VendorUnavailableError

READ = Request("GET", "/list", "read the list")
WRITE = Request.with_json("POST", "/journal", "post a journal", {"amount": Decimal("10.50")})
SECRET = "correct-horse-battery"


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    """A vendor whose answers the test writes."""
    with scripted_vendor() as serving:
        yield serving


@pytest.fixture
def pauses() -> list[float]:
    """The pauses that the client made, in seconds."""
    return []


@pytest.fixture
def client(vendor: ScriptedVendor, pauses: list[float]) -> Iterator[HttpClient]:
    """A client of that vendor which notes its pauses instead of making them."""
    connection = Connection(vendor.url, password=SECRET)
    limits = Limits(total_seconds=1.0)
    made = HttpClient("Vendor", connection, ThreadSlots(), limits=limits, sleep=pauses.append)
    yield made
    made.close()


@pytest.mark.promise("S84")
def test_a_read_is_repeated_with_growing_pauses_until_it_succeeds(
    client: HttpClient, vendor: ScriptedVendor, pauses: list[float]
) -> None:
    """The nightly run relies on it: passing trouble of a vendor needs nobody's help."""
    vendor.will_answer(answer(503), answer(502, "<html>"), b"", answer(200, '{"n": 1.10}'))
    assert client.read(READ).json() == {"n": Decimal("1.10")}
    assert len(vendor.heard) == 4
    assert len(pauses) == 3
    assert all(0 <= pause <= 60 for pause in pauses)


def test_a_read_waits_as_long_as_the_vendor_asks(
    client: HttpClient, vendor: ScriptedVendor, pauses: list[float]
) -> None:
    """The vendor relies on it: whoever asked for seven seconds is not asked again before."""
    vendor.will_answer(answer(429, Retry_After="7"), answer(200, "{}"))
    client.read(READ)
    assert pauses == [7.0]


@pytest.mark.promise("S84")
def test_a_refused_read_is_not_repeated(
    client: HttpClient, vendor: ScriptedVendor, pauses: list[float]
) -> None:
    """The vendor's audit trail relies on it: what is refused for a reason is asked once."""
    vendor.will_answer(answer(403, "no right"))
    with pytest.raises(VendorRefusedError, match="no right"):
        client.read(READ)
    assert len(vendor.heard) == 1
    assert pauses == []


@pytest.mark.parametrize("sent", [b"", answer(200, "{}")[:30], b"HTTP/1.1 200 OK\r\nContent-Le"])
def test_a_write_whose_answer_is_lost_is_sent_once_and_said_to_be_unclear(
    client: HttpClient, vendor: ScriptedVendor, sent: bytes
) -> None:
    """The controller relies on it: an unclear write is looked up, never sent again blindly."""
    vendor.will_answer(sent)
    with pytest.raises(AnswerLostError):
        client.write(WRITE)
    assert len(vendor.heard) == 1


def test_a_cut_body_is_no_answer(client: HttpClient, vendor: ScriptedVendor) -> None:
    """Reading back relies on it: half a list never passes for the whole."""
    vendor.will_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n[1, 2")
    vendor.answers.append(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n[1, 2]")
    with pytest.raises(AnswerLostError):
        # The stream stays open with bytes missing: the whole request has one second.
        client.write(WRITE)


def test_a_write_to_nobody_surely_did_not_happen(pauses: list[float]) -> None:
    """Posting relies on it: a refused connection is tried again without looking anything up."""
    with scripted_vendor() as gone:
        connection = Connection(gone.url)
    client = HttpClient("Vendor", connection, ThreadSlots(), sleep=pauses.append)
    with pytest.raises(NotSentError):
        client.write(WRITE)


def test_a_write_returns_any_complete_answer_for_its_caller_to_judge(
    client: HttpClient, vendor: ScriptedVendor
) -> None:
    """The classifier relies on it: statuses are not turned into exceptions before it sees them."""
    vendor.will_answer(answer(500, "oops"))
    assert client.write(WRITE).status == 500
    assert vendor.heard[0].body == b'{"amount":10.50}'


def test_a_page_of_a_gateway_is_no_answer_where_json_is_expected(
    client: HttpClient, vendor: ScriptedVendor
) -> None:
    """Every reader relies on it: a maintenance page under status 200 is trouble, not content."""
    vendor.will_answer(answer(200, "<html>We are back soon</html>"))
    with pytest.raises(VendorUnavailableError, match="back soon"):
        client.read(Request("GET", "/list", "read the list", expects_json=True))


def test_an_endless_answer_is_cut_off(vendor: ScriptedVendor) -> None:
    """The machine's memory relies on it."""
    limits = Limits(answer_bytes=1000, read_attempts=1)
    client = HttpClient("Vendor", Connection(vendor.url), ThreadSlots(), limits=limits)
    vendor.will_answer(answer(200, "x" * 5000))
    with pytest.raises(AnswerLostError, match="1000 bytes"):
        client.read(READ)


def test_redirects_and_foreign_links_are_not_followed(
    client: HttpClient, vendor: ScriptedVendor
) -> None:
    """Security relies on it: credentials never travel to a host that nobody configured."""
    vendor.will_answer(answer(302, Location="http://127.0.0.1:9/steal"))
    with pytest.raises(VendorRefusedError):
        client.read(READ)
    with pytest.raises(VendorRefusedError, match="another host"):
        client.read(Request("GET", f"{vendor.url}0/list", "follow a link"))


def test_no_message_shows_a_secret(client: HttpClient, vendor: ScriptedVendor) -> None:
    """Whoever reads logs and mails relies on it, even if a vendor echoes what we sent."""
    vendor.will_answer(answer(400, f"bad password {SECRET}, Bearer abcdefghijkl"))
    with pytest.raises(VendorRefusedError) as refused:
        client.read(READ)
    assert SECRET not in str(refused.value)
    assert "abcdefghijkl" not in str(refused.value)
    assert SECRET not in repr(Connection("h", password=SECRET, extra={"client_secret": SECRET}))


def test_an_expired_token_is_renewed_once_and_the_request_sent_again(
    vendor: ScriptedVendor,
) -> None:
    """Long runs rely on it: a token that ends in mid-run costs one more sign-in, no failure."""
    fetched: list[str] = []

    def fetch() -> Token:
        fetched.append(f"token-{len(fetched) + 1}")
        return Token(fetched[-1], 3600)

    client = HttpClient(
        "Vendor", Connection(vendor.url), ThreadSlots(), authorization=TokenCache(fetch)
    )
    vendor.will_answer(answer(200), answer(401), answer(204))
    client.read(READ)
    assert client.write(WRITE).status == 204
    sent = [heard.headers["authorization"] for heard in vendor.heard]
    assert sent == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_token_is_renewed_before_it_ends(vendor: ScriptedVendor) -> None:
    """Every request relies on it: none is sent with a token that ends on its way."""
    seconds = [0.0]
    lifetimes = iter([Token("first", 600), Token("second", 600)])
    tokens = TokenCache(lambda: next(lifetimes), margin_seconds=120, monotonic=lambda: seconds[0])
    assert tokens.headers() == {"Authorization": "Bearer first"}
    seconds[0] = 479.0
    assert tokens.headers() == {"Authorization": "Bearer first"}
    seconds[0] = 480.0
    assert tokens.headers() == {"Authorization": "Bearer second"}


def test_too_many_requests_halve_those_sent_at_once_and_a_401_then_means_load(
    vendor: ScriptedVendor, pauses: list[float]
) -> None:
    """The customer's other integrations rely on it: we step back, and keep our credentials."""
    tokens = TokenCache(lambda: Token("token", 3600))
    client = HttpClient(
        "Vendor",
        Connection(vendor.url),
        ThreadSlots(),
        concurrency=4,
        authorization=tokens,
        limits=Limits(read_attempts=3),
        sleep=pauses.append,
    )
    vendor.will_answer(answer(429), answer(401))
    with pytest.raises(VendorBusyError, match="overloaded"):
        client.read(READ)
    assert client.pace.limit == 2


def test_the_correlation_id_goes_along(client: HttpClient, vendor: ScriptedVendor) -> None:
    """Support relies on it: our log and the vendor's name the same request."""
    vendor.will_answer(answer(200))
    client.read(Request("GET", "/list", "read the list", correlation_id="chain-1"))
    assert vendor.heard[0].headers["x-correlation-id"] == "chain-1"


def test_every_call_leaves_one_line_without_secrets(
    client: HttpClient, vendor: ScriptedVendor, caplog: pytest.LogCaptureFixture
) -> None:
    """The auditor of the interface relies on it: who was called, how it ended, and no more."""
    caplog.set_level(logging.INFO, logger="tieout.adapters.transport")
    vendor.will_answer(answer(200, f'{{"pay": "{SECRET}"}}'), b"")
    client.read(
        Request(
            "GET",
            f"/list/{SECRET}?page=2",
            "read the list",
            params={"employee": "4711"},
            correlation_id="chain-1",
        )
    )
    with pytest.raises(AnswerLostError):
        client.write(WRITE)
    read, write = (record.getMessage() for record in caplog.records if "Vendor" in record.message)
    assert read.startswith("Vendor GET /list/***: 200 after ")
    assert read.endswith("correlation chain-1")
    assert write.startswith("Vendor POST /journal: AnswerLostError after ")


def test_json_keeps_every_digit() -> None:
    """Money relies on it: no amount passes through a binary number, in or out."""
    text = '{"amount":125000.00,"tiny":0.1,"large":99999999999999999999.01,"name":"Müller"}'
    assert dumps(loads(text)) == text
    with pytest.raises(TypeError):
        dumps({"amount": 0.1})
    with pytest.raises(ValueError, match="NaN"):
        loads("[NaN]")
    with pytest.raises(ValueError, match="NaN"):
        dumps(Decimal("NaN"))
