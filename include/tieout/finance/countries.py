"""Countries by ISO 3166-1 alpha-2, from the package `holidays`, which knows all of them."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

#: ISO 3166 leaves these to users (Kosovo's `XK` is one): they mean something else to everybody.
_LEFT_TO_USERS: Final = re.compile("AA|Q[M-Z]|X[A-Z]|ZZ")


@cache
def country_codes() -> frozenset[str]:
    """Every assigned code, such as `DE`; `UK` and `EU` are none."""
    from holidays.registry import COUNTRIES

    codes = (alpha_2 for _, alpha_2, *_ in COUNTRIES.values())
    return frozenset(code for code in codes if not _LEFT_TO_USERS.fullmatch(code))
