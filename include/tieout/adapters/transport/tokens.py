"""Access tokens: fetched once, shared by threads, renewed shortly before they expire."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


class Authorization(Protocol):
    """What puts credentials on a request."""

    def headers(self) -> Mapping[str, str]:
        """Headers for the next request; may sign in first."""
        ...

    def forget(self) -> bool:
        """Drop what was refused; True when signing in again can help."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and for how many seconds the vendor promised it."""

    value: str
    lifetime_seconds: int


class TokenCache:
    """Bearer tokens from `fetch`; real (monotonic) time, since vendors know no other."""

    def __init__(
        self,
        fetch: Callable[[], Token],
        margin_seconds: int = 120,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._margin = margin_seconds
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._value = ""
        self._good_until = 0.0

    def headers(self) -> Mapping[str, str]:
        """`Authorization: Bearer …`; raises as `fetch`."""
        with self._lock:
            if not self._value or self._monotonic() >= self._good_until:
                token = self._fetch()
                # A lifetime below the margin is still used, for half its time.
                useful = max(token.lifetime_seconds - self._margin, token.lifetime_seconds // 2)
                self._value, self._good_until = token.value, self._monotonic() + useful
            return {"Authorization": f"Bearer {self._value}"}

    def forget(self) -> bool:
        """Drop the token, so that the next request signs in again."""
        with self._lock:
            self._value = ""
        return True


class FixedAuthorization:
    """Credentials that do not change, such as HTTP Basic; signing in again can't help."""

    def __init__(self, value: str) -> None:
        self._value = value

    def headers(self) -> Mapping[str, str]:
        """The same `Authorization` header every time."""
        return {"Authorization": self._value}

    def forget(self) -> bool:
        """Nothing to drop."""
        return False
