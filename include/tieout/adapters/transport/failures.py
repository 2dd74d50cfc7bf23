"""What may happen to a request on its way, told apart by what it means for a write."""

from __future__ import annotations

from tieout.errors import VendorRefusedError, VendorUnavailableError


class NotSentError(VendorUnavailableError):
    """Nothing left this machine: no address, no connection. A write surely did not happen."""


class AnswerLostError(VendorUnavailableError):
    """The request may have arrived, but no complete answer did. A write may have happened."""


class SignInRefusedError(VendorRefusedError):
    """The vendor does not accept our credentials; repeating them locks accounts elsewhere."""


class VendorBusyError(VendorUnavailableError):
    """The vendor answered, but not usefully: overloaded, or a gateway spoke in its place."""

    def __init__(
        self,
        message: str,
        *,
        retry_after_seconds: int | None = None,
        blocks: str = "",
        next_step: str = "",
    ) -> None:
        super().__init__(message, blocks=blocks, next_step=next_step)
        self.retry_after_seconds = retry_after_seconds
