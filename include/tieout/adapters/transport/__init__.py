"""What every connector shares: connection, HTTP client, tokens, exact JSON, redaction, slots."""

from tieout.adapters.transport.client import HttpClient
from tieout.adapters.transport.connection import Connection
from tieout.adapters.transport.exchange import Limits
from tieout.adapters.transport.failures import (
    AnswerLostError,
    NotSentError,
    SignInRefusedError,
    VendorBusyError,
)
from tieout.adapters.transport.messages import Answer, Request
from tieout.adapters.transport.pacing import Pace
from tieout.adapters.transport.redaction import one_line, redact
from tieout.adapters.transport.slots import ThreadSlots
from tieout.adapters.transport.tokens import (
    Authorization,
    FixedAuthorization,
    Token,
    TokenCache,
)

__all__ = [
    "Answer",
    "AnswerLostError",
    "Authorization",
    "Connection",
    "FixedAuthorization",
    "HttpClient",
    "Limits",
    "NotSentError",
    "Pace",
    "Request",
    "SignInRefusedError",
    "ThreadSlots",
    "Token",
    "TokenCache",
    "VendorBusyError",
    "one_line",
    "redact",
]
