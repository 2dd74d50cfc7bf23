"""Signing in to NetSuite, against a scripted token endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.builders.scripted_vendor import ScriptedVendor, answer, scripted_vendor
from tieout.adapters.netsuite.client import NetSuiteClient
from tieout.adapters.netsuite.sign_in import (
    TOKEN_PATH,
    account_of,
    at_its_host,
    certificate_findings,
    host_of,
)
from tieout.adapters.transport import (
    Connection,
    Limits,
    NotSentError,
    Request,
    SignInRefusedError,
    ThreadSlots,
)
from tieout.errors import SettingsError, Severity

READ = Request("GET", "/anything", "read anything")
WRITE = Request("POST", "/journal", "post a journal", content=b"{}")
TOKEN = answer(200, '{"access_token":"opaque-token","expires_in":3600,"token_type":"Bearer"}')
KEYS: dict[str, Any] = {
    "ES256": ec.generate_private_key(ec.SECP256R1()),
    "PS256": rsa.generate_private_key(65537, 3072),
}
AUDIENCE = "https://1234567-sb1.suitetalk.api.netsuite.com/services/rest/auth/oauth2/v1/token"
Client = Callable[[Connection], NetSuiteClient]
FAST = Limits(read_attempts=2, longest_pause_seconds=0)


@pytest.fixture
def vendor() -> Iterator[ScriptedVendor]:
    """A NetSuite whose answers the test writes."""
    with scripted_vendor() as serving:
        yield serving


def connection(host: str, algorithm: str = "ES256", **extra: str) -> Connection:
    """A connection with a fresh key of that algorithm."""
    pem = KEYS[algorithm].private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Connection(
        host,
        extra={
            "account_id": "1234567_SB1",
            "client_id": "client",
            "certificate_id": "certificate",
            "private_key": pem.decode(),
            "algorithm": algorithm,
            **extra,
        },
    )


@pytest.fixture
def client() -> Iterator[Callable[[Connection], NetSuiteClient]]:
    """Makes clients that sign in by themselves."""
    with ExitStack() as opened:

        def make(reached: Connection) -> NetSuiteClient:
            made = NetSuiteClient.signed_in(reached, ThreadSlots(), concurrency=1, limits=FAST)
            opened.callback(made.close)
            return made

        yield make


@pytest.mark.parametrize("algorithm", ["ES256", "PS256"])
def test_the_assertion_is_what_netsuite_checks(
    client: Client, vendor: ScriptedVendor, algorithm: str
) -> None:
    """The sign-in relies on it: algorithm, key id, issuer, audience, scope and a short life."""
    vendor.will_answer(TOKEN, answer(200))
    client(connection(vendor.url, algorithm)).read(READ)
    asked, used = vendor.heard
    form = parse_qs(asked.body.decode())
    assert asked.path == TOKEN_PATH
    assert "authorization" not in asked.headers
    assert form["grant_type"] == ["client_credentials"]
    assertion = form["client_assertion"][0]
    assert jwt.get_unverified_header(assertion) == {
        "alg": algorithm,
        "kid": "certificate",
        "typ": "JWT",
    }
    claims = jwt.decode(assertion, KEYS[algorithm].public_key(), [algorithm], audience=AUDIENCE)
    assert claims["iss"] == "client"
    assert claims["scope"] == ["rest_webservices"]
    assert 0 < claims["exp"] - claims["iat"] < 3600
    assert used.headers["authorization"] == "Bearer opaque-token"


def test_a_token_is_used_until_it_ends(client: Client, vendor: ScriptedVendor) -> None:
    """The account's login audit trail relies on it: one sign-in an hour, not one per request."""
    vendor.will_answer(TOKEN, answer(200))
    signed_in = client(connection(vendor.url))
    for _ in range(3):
        signed_in.read(READ)
    assert [heard.path for heard in vendor.heard].count(TOKEN_PATH) == 1


def test_a_refused_assertion_is_told_with_the_next_step_and_without_the_key(
    client: Client, vendor: ScriptedVendor
) -> None:
    """The platform's owner relies on it: a wiped certificate mapping is named, once."""
    vendor.will_answer(answer(400, '{"error":"invalid_grant"}'))
    with pytest.raises(SignInRefusedError, match="invalid_grant") as refused:
        client(connection(vendor.url)).read(READ)
    assert refused.value.code == "erp_login"
    assert "sandbox refresh" in str(refused.value)
    assert len(vendor.heard) == 1


@pytest.mark.parametrize("trouble", [b"", answer(503), answer(200, "<html>")])
def test_a_sign_in_without_an_answer_means_that_the_write_was_not_sent(
    client: Client, vendor: ScriptedVendor, trouble: bytes
) -> None:
    """Posting relies on it: trouble at the door leaves nothing to look up."""
    vendor.will_answer(trouble)
    with pytest.raises(NotSentError):
        client(connection(vendor.url)).write(WRITE)
    assert {heard.path for heard in vendor.heard} == {TOKEN_PATH}


def test_a_gateway_in_between_may_name_another_audience(
    client: Client, vendor: ScriptedVendor
) -> None:
    """Customers behind a gateway rely on it."""
    vendor.will_answer(TOKEN, answer(200))
    client(connection(vendor.url, token_audience="https://elsewhere.example/token")).read(READ)
    assertion = parse_qs(vendor.heard[0].body.decode())["client_assertion"][0]
    claims = jwt.decode(assertion, options={"verify_signature": False})
    assert claims["aud"] == "https://elsewhere.example/token"


@pytest.mark.parametrize("account", ["evil.example/", "a b", "x@y", "1234567_", ""])
def test_an_account_id_cannot_name_another_host(account: str) -> None:
    """Security relies on it: a signed assertion goes to NetSuite and nowhere else."""
    with pytest.raises(SettingsError):
        account_of(Connection("", extra={"account_id": account}))


def test_the_host_follows_from_the_account_id() -> None:
    """Whoever sets up an account relies on it: no address to look up."""
    assert host_of("1234567_SB1") == "https://1234567-sb1.suitetalk.api.netsuite.com"
    assert at_its_host(connection("")).base_url == host_of("1234567_SB1")
    assert at_its_host(connection("http://127.0.0.1:1")).base_url == "http://127.0.0.1:1"


@pytest.mark.parametrize(
    ("algorithm", "key"), [("RS256", None), ("ES256", "no key"), ("PS256", "no key")]
)
def test_an_unusable_key_or_algorithm_is_a_setting_to_correct(
    client: Client, vendor: ScriptedVendor, algorithm: str, key: str | None
) -> None:
    """The platform's owner relies on it: no request is sent, and the key is in no message."""
    good = connection(vendor.url)
    extra = {**good.extra, "algorithm": algorithm}
    if key is not None:
        extra["private_key"] = key
    with pytest.raises(SettingsError, match=algorithm) as wrong:
        client(Connection(vendor.url, extra=extra)).read(READ)
    assert "PRIVATE KEY" not in str(wrong.value)
    assert vendor.heard == []


@pytest.mark.parametrize(
    ("ends", "severities"),
    [
        ("", []),
        ("2027-11-01", []),
        ("2026-12-20", [Severity.WARNING]),
        ("2026-11-10T00:00:00+00:00", [Severity.CRITICAL]),
        ("2026-10-01", [Severity.CRITICAL]),
    ],
)
def test_the_end_of_a_certificate_is_announced_before_it_comes(
    ends: str, severities: list[Severity]
) -> None:
    """The platform's owner relies on it: two months, then two weeks before all posting stops."""
    now = datetime(2026, 11, 2, 6, tzinfo=UTC)
    found = certificate_findings(connection("h", certificate_valid_to=ends), now)
    assert [finding.severity for finding in found] == severities
    assert all(finding.code == "erp_login" for finding in found)


def test_an_unreadable_end_of_a_certificate_is_a_setting_to_correct() -> None:
    """The platform's owner relies on it: a typo is no reason to stay silent."""
    with pytest.raises(SettingsError, match="certificate_valid_to"):
        certificate_findings(connection("h", certificate_valid_to="next year"), datetime.now(UTC))
