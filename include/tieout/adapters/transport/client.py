"""The HTTP client of every connector: writes once, reads patiently, tells no secrets.

A write is sent exactly once; only a 401, which is refused at the door, is sent again after a new
sign-in. What is not known is raised as `AnswerLostError`, never guessed. A read is repeated with
growing, jittered pauses that honour `Retry-After`. Redirects are not followed: they could carry
credentials to another host.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

import tenacity

from tieout.adapters.transport.connection import Connection
from tieout.adapters.transport.exchange import Exchange, Limits
from tieout.adapters.transport.failures import VendorBusyError
from tieout.adapters.transport.messages import Answer, Request
from tieout.adapters.transport.pacing import Pace
from tieout.adapters.transport.redaction import one_line, redact
from tieout.adapters.transport.tokens import Authorization
from tieout.errors import TieoutError, VendorRefusedError, VendorUnavailableError
from tieout.ports import Slots

_log = logging.getLogger(__name__)

#: Statuses of a read that say nothing about the request itself.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
#: A wrong key is refused at once; a 401 that took longer waited in a queue and means load.
_SLOW_DOOR_SECONDS = 20.0


class HttpClient:
    """Requests to one account of one vendor.

    Args:
        vendor: the vendor's name in messages ("NetSuite").
        connection: origin and credentials; its secrets are masked in every message.
        slots: bounds requests at once over all processes.
        account: what the vendor counts concurrency by.
        concurrency: the most requests at once that we allow ourselves.
        authorization: puts credentials on requests; none for the sign-in itself.
        sleep: pauses between attempts of a read.
    """

    def __init__(
        self,
        vendor: str,
        connection: Connection,
        slots: Slots,
        *,
        account: str = "",
        concurrency: int = 2,
        authorization: Authorization | None = None,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.vendor = vendor
        self.pace = Pace(concurrency)
        self._wire = Exchange(vendor, connection, limits or Limits())
        self._secrets = tuple(connection.secrets())
        self._slots = slots
        self._account = account or f"{vendor}:{connection.base_url}"
        self._authorization = authorization
        self._limits = limits or Limits()
        self._sleep = sleep

    def close(self) -> None:
        """Close all connections."""
        self._wire.close()

    def write(self, request: Request) -> Answer:
        """Send once and return whatever complete answer came, of any status.

        A 401 is answered at the door: the request is sent once more after a new sign-in.

        Raises:
            NotSentError: nothing left this machine.
            AnswerLostError: it may have arrived; only looking it up can tell.
            SignInRefusedError: the new sign-in was refused.
        """
        answer = self._exchange(request, keep_alive=False)
        if answer.status == 401 and self._sign_in_again():
            answer = self._exchange(request, keep_alive=False)
        return answer

    def read(self, request: Request) -> Answer:
        """Send, with patience, a request that changes nothing.

        Returns:
            An answer of 2xx, or of a status in `request.accepted`.

        Raises:
            VendorUnavailableError: no useful answer after all attempts.
            VendorRefusedError: refused for a reason that patience will not cure.
        """
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self._limits.read_attempts),
            wait=self._pause,
            retry=tenacity.retry_if_exception_type(VendorUnavailableError),
            sleep=self._sleep,
            reraise=True,
        )
        return retrying(self._read_once, request)

    def refusal(self, request: Request, answer: Answer) -> TieoutError:
        """The exception that tells of an answer which is no success."""
        said = one_line(self.redacted(answer.text))
        message = (
            f"{self.vendor} answered {answer.status} when we wanted to {request.operation}"
            f"{f': {said}' if said else ''}."
        )
        blocks = f"what needs {self.vendor}"
        if answer.status in _PASSING or answer.succeeded or self.overloaded(answer):
            return VendorBusyError(
                message,
                retry_after_seconds=answer.retry_after_seconds(),
                blocks=blocks,
                next_step="None; the next run tries again.",
            )
        return VendorRefusedError(
            message,
            blocks=blocks,
            next_step=f"Give the answer to the administrator of {self.vendor}.",
        )

    def overloaded(self, answer: Answer) -> bool:
        """Whether the vendor blocked the request for load alone; some say it in words only."""
        return answer.status == 429

    def redacted(self, text: str) -> str:
        """`text` without this connection's secrets."""
        return redact(text, self._secrets)

    def _read_once(self, request: Request) -> Answer:
        answer = self._exchange(request, keep_alive=True)
        if answer.status == 401 and self._sign_in_again():
            answer = self._exchange(request, keep_alive=True)
        if answer.status == 401 and self._authorization is not None and self.pace.under_load:
            # Too many requests at once can look like a wrong password: wait, keep the credentials.
            raise VendorBusyError(
                f"{self.vendor} refused our sign-in while it was overloaded.",
                blocks=f"what needs {self.vendor}",
                next_step="None; the next run tries again.",
            )
        if self.overloaded(answer):
            raise self.refusal(request, answer)
        if answer.status in request.accepted:
            return answer
        if not answer.succeeded or (request.expects_json and not answer.is_json()):
            raise self.refusal(request, answer)
        return answer

    def _exchange(self, request: Request, *, keep_alive: bool) -> Answer:
        headers = dict(request.headers)
        # Before the slot: signing in is a request of its own and takes one, too.
        if self._authorization is not None:
            headers.update(self._authorization.headers())
        if request.correlation_id:
            headers["X-Correlation-Id"] = request.correlation_id
        with self._slots.hold(self._account, self.pace.limit):
            answer = self._logged(request, headers, keep_alive=keep_alive)
        slow_door = answer.status == 401 and answer.elapsed_seconds > _SLOW_DOOR_SECONDS
        if slow_door or self.overloaded(answer):
            self.pace.refused()
        elif answer.succeeded:
            self.pace.answered()
        return answer

    def _logged(self, request: Request, headers: Mapping[str, str], *, keep_alive: bool) -> Answer:
        """One line per call: who, what, how it ended, how long; never headers, bodies, queries."""
        called = (self.vendor, request.method, self.redacted(request.path.partition("?")[0]))
        began = time.monotonic()
        try:
            answer = self._wire.send(request, headers, keep_alive=keep_alive)
        except VendorUnavailableError as error:
            ended, seconds = type(error).__name__, time.monotonic() - began
            _log.warning("%s %s %s: %s after %.3f s", *called, ended, seconds)
            raise
        _log.info(
            "%s %s %s: %s after %.3f s, correlation %s",
            *called,
            answer.status,
            answer.elapsed_seconds,
            request.correlation_id or "-",
        )
        return answer

    def _sign_in_again(self) -> bool:
        return self._authorization is not None and self._authorization.forget()

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """What the vendor asked for, else growing with jitter; both bounded."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.retry_after_seconds if isinstance(error, VendorBusyError) else None
        longest = self._limits.longest_pause_seconds
        if asked is not None:
            return min(float(asked), longest)
        return tenacity.wait_random_exponential(multiplier=0.5, max=longest)(state)
