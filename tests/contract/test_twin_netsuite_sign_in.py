"""The NetSuite twin's token endpoint and its permissions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.builders.netsuite_account import (
    AUDIENCE,
    RECORD,
    TOKEN,
    Stranger,
    assertion,
    netsuite_account,
    token_form,
)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stranger]:
    """An account whose settings no test changes."""
    with netsuite_account(tmp_path_factory.mktemp("account")) as stranger:
        yield stranger


def _other_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


WRONG_ASSERTIONS: dict[str, dict[str, Any]] = {
    "unknown certificate": {"kid": "certificate-9"},
    "another key": {"key": _other_key()},
    "another client": {"iss": "someone"},
    "another account": {"aud": AUDIENCE.replace("tstdrv1001-sb1", "tstdrv1001")},
    "another host": {"aud": AUDIENCE.replace("netsuite.com", "example.com")},
    "no audience": {"aud": None},
    "expired": {"iat": 1_000_000, "exp": 1_003_600},
    "longer than an hour": {"exp": int(time.time()) + 7200},
    "no scope for records": {"scope": "restlets"},
    "a symmetric algorithm": {"alg": "HS256", "key": "s" * 32},
}


@pytest.mark.parametrize("wrong", WRONG_ASSERTIONS.values(), ids=WRONG_ASSERTIONS)
def test_a_wrong_assertion_is_refused_as_invalid_grant(
    account: Stranger, wrong: dict[str, Any]
) -> None:
    """The connector's sign-in relies on it: every cause looks the same from outside."""
    answer = account.client.post(f"{account.url}{TOKEN}", data=token_form(assertion(**wrong)))
    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize("scope", ["rest_webservices", "restlets,rest_webservices"])
def test_the_scope_may_be_text_or_a_list(account: Stranger, scope: str) -> None:
    """Both forms stand in the vendor's own pages."""
    answer = account.client.post(f"{account.url}{TOKEN}", data=token_form(assertion(scope=scope)))
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == 3600
    assert answer.json()["token_type"] == "Bearer"


def test_a_token_request_that_is_no_form_is_refused(account: Stranger) -> None:
    """The vendor takes three form fields, nothing else."""
    answer = account.client.post(f"{account.url}{TOKEN}", json=token_form(assertion()))
    assert answer.json() == {"error": "invalid_grant"}


def test_a_call_without_a_good_token_is_an_invalid_login(account: Stranger) -> None:
    """Callers must tell an expired token from a refusal."""
    answer = account.client.get(
        f"{account.url}{RECORD}/journalEntry", headers={"Authorization": "Bearer nonsense"}
    )
    assert account.error(answer)[:2] == (401, "INVALID_LOGIN")


def test_a_role_without_rest_services_may_do_nothing(account: Stranger) -> None:
    """A missing permission is 403, not 401."""
    answer = account.as_role("1104").request("GET", f"{RECORD}/journalEntry")
    assert account.error(answer)[:2] == (403, "INSUFFICIENT_PERMISSION")
