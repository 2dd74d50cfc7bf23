"""The HTTP client of one NetSuite account: slots by account, load told in words, tokens renewed."""

from __future__ import annotations

import time
from collections.abc import Callable

from tieout.adapters.netsuite.classifier import overloaded
from tieout.adapters.netsuite.sign_in import SignIn, account_of
from tieout.adapters.transport import (
    Answer,
    Authorization,
    Connection,
    HttpClient,
    Limits,
    TokenCache,
)
from tieout.ports import Slots


class NetSuiteClient(HttpClient):
    """Requests to one account; signing in uses a slot of the same account."""

    def __init__(
        self,
        connection: Connection,
        slots: Slots,
        *,
        concurrency: int,
        limits: Limits,
        authorization: Authorization | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._door: NetSuiteClient | None = None
        super().__init__(
            "NetSuite",
            connection,
            slots,
            account=f"netsuite:{account_of(connection)}",
            concurrency=concurrency,
            authorization=authorization,
            limits=limits,
            sleep=sleep,
        )

    @classmethod
    def signed_in(
        cls,
        connection: Connection,
        slots: Slots,
        *,
        concurrency: int,
        limits: Limits,
        sleep: Callable[[float], None] = time.sleep,
    ) -> NetSuiteClient:
        """A client that signs in by itself when it first needs to, and before a token ends."""
        door = cls(connection, slots, concurrency=concurrency, limits=limits, sleep=sleep)
        tokens = TokenCache(SignIn(connection, door).token)
        client = cls(
            connection,
            slots,
            concurrency=concurrency,
            limits=limits,
            authorization=tokens,
            sleep=sleep,
        )
        client._door = door
        return client

    def close(self) -> None:
        """Close all connections, those of signing in included."""
        super().close()
        if self._door is not None:
            self._door.close()

    def overloaded(self, answer: Answer) -> bool:
        """NetSuite's concurrency error, whatever status it comes under."""
        return overloaded(answer)
