"""Pages of lists and queries: their limits, and the envelope that carries one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sandbox.netsuite.errors import invalid_request

MAXIMUM: Final = 1000
#: No query shows more rows than this, over all its pages.
MOST_ROWS: Final = 100_000
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a result is wanted."""

    limit: int = MAXIMUM
    offset: int = 0

    @classmethod
    def asked(cls, query: Mapping[str, str]) -> Page:
        """The page that a query string asks for.

        Raises:
            Refused: 400; not numbers, too large, or the offset is no multiple of the limit.
        """
        limit = _whole(query, "limit", MAXIMUM)
        offset = _whole(query, "offset", 0)
        if not 1 <= limit <= MAXIMUM:
            text = f"The limit must be between 1 and {MAXIMUM}, not {limit}."
            raise invalid_request(text, param="limit")
        if offset < 0 or offset % limit:
            text = f"The offset {offset} must be divisible by the limit {limit}."
            raise invalid_request(text, param="offset")
        if offset >= MOST_ROWS:
            text = f"A query shows at most {MOST_ROWS} rows."
            raise invalid_request(text, param="offset")
        return cls(limit, offset)

    def of(self, results: Sequence[Item]) -> Sequence[Item]:
        """This page's part of all results."""
        return results[self.offset : self.offset + self.limit]

    def envelope(self, address: str, items: list[dict[str, Any]], total: int) -> dict[str, Any]:
        """The answer that carries the page's items; `total` counts all results."""
        more = self.offset + len(items) < total
        links = [self._link("self", address, self.offset)]
        if self.offset:
            links.append(self._link("prev", address, max(0, self.offset - self.limit)))
        if more:
            links.append(self._link("next", address, self.offset + self.limit))
        return {
            "links": links,
            "count": len(items),
            "hasMore": more,
            "items": items,
            "offset": self.offset,
            "totalResults": total,
        }

    def _link(self, relation: str, address: str, offset: int) -> dict[str, str]:
        return {"rel": relation, "href": f"{address}?limit={self.limit}&offset={offset}"}


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise invalid_request(f"The {name} must be a whole number, not '{text}'.", param=name)
    return int(text)
