"""Seeded draws, stable identifiers, and exact arithmetic on minor units."""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal


def draws(seed: int, *topic: str) -> random.Random:
    """A stream of seeded draws for one topic; topics do not disturb each other."""
    return random.Random(f"{seed}/{'/'.join(topic)}")


def hex_id(length: int, *parts: object) -> str:
    """A stable lower-case hexadecimal identifier of `parts`, at most 64 characters long."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).hexdigest()[:length]


def letters_id(length: int, *parts: object) -> str:
    """A stable identifier of capital letters and the digits 2-7."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return base64.b32encode(digest).decode()[:length]


def uuid_id(*parts: object) -> str:
    """A stable identifier in the form of a UUID."""
    text = hex_id(32, *parts)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:]}"


def share(amount: int, percent: str) -> int:
    """`percent` of `amount` in minor units, half away from zero."""
    return rounded(Decimal(amount) * Decimal(percent) / 100)


def rounded(amount: Decimal) -> int:
    """The whole number next to `amount`, half away from zero."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def split(amount: int, percents: Sequence[Decimal]) -> list[int]:
    """Split `amount` by percents that sum to 100; missing units go to the largest remainders.

    Ties go to the earlier part. A negative amount splits as its absolute value, signs put back.
    """
    sign, whole = (-1 if amount < 0 else 1), abs(amount)
    exact = [whole * percent / Decimal(100) for percent in percents]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: whole - sum(parts)]:
        parts[n] += 1
    return [sign * part for part in parts]


def text(amount: int, places: int) -> str:
    """Minor units as decimal text with a point, such as `-12.50`; `places` 0 gives `-12`."""
    sign, digits = ("-" if amount < 0 else ""), str(abs(amount)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"
