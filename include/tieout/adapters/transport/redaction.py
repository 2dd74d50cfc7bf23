"""Take secrets out of text before anyone can read it."""

from __future__ import annotations

import re
from collections.abc import Iterable

MASK = "***"
#: Shorter values would mask ordinary words.
_SHORTEST_SECRET = 5
_SHAPES = (
    re.compile(r"(?i)(?<=bearer )[A-Za-z0-9._~+/=-]{8,}"),
    re.compile(r"(?i)(?<=basic )[A-Za-z0-9+/=]{8,}"),
    re.compile(r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.?[A-Za-z0-9_-]*"),
    re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL),
)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` without the given values, bearer tokens, assertions and private keys."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, MASK)
    for shape in _SHAPES:
        text = shape.sub(MASK, text)
    return text


def one_line(text: str, limit: int = 300) -> str:
    """White space collapsed and cut, so that a vendor's page can't flood a message."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[:limit]} …"
