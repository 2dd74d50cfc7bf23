"""Faults on demand: switches that a test or the demonstration arms, and that a twin consumes.

A switch names a vendor, a kind, optionally one operation and facts of the request. Each request
takes at most one shot: of the oldest armed switch that fits it. What is armed survives a restart.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final

#: How many of the last shots `GET /faults` still shows.
REMEMBERED_SHOTS: Final = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """One shot: what shall go wrong with the request that took it.

    Attributes:
        kind: the name of the fault in the vendor's list.
        seconds: how long to wait, for kinds that wait.
        status: the HTTP status to answer with; None leaves it to the kind.
        headers: headers to answer with, beside the kind's own.
        settings: what else the switch said, such as `{"period": "312"}`.
    """

    kind: str
    seconds: float = 0.0
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Switch:
    """An armed fault.

    Attributes:
        switch_id: its number, ascending in the order of arming.
        vendor: the twin that it is for.
        fault: what its shots do.
        operation: the only operation that it hits; None hits every one.
        match: facts of a request and the patterns (`*`, `?`) that they must all fit.
        count: how many shots are left.
        skip: how many fitting requests still pass unharmed before the first shot.
    """

    switch_id: int
    vendor: str
    fault: Fault
    operation: str | None = None
    match: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    skip: int = 0

    def fits(self, vendor: str, operation: str, facts: Mapping[str, object]) -> bool:
        """Whether a request with these facts is meant."""
        return (
            self.vendor == vendor
            and self.operation in (None, operation)
            and all(
                fact in facts and fnmatchcase(str(facts[fact]), pattern)
                for fact, pattern in self.match.items()
            )
        )


class FaultBoard:
    """All switches of the sandbox; thread-safe.

    Args:
        path: the JSON file that keeps them; None keeps them in memory alone.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._kinds: dict[str, frozenset[str]] = {}
        self._switches: list[Switch] = []
        self._shots: list[dict[str, Any]] = []
        self._next_id = 1
        if path is not None and path.is_file():
            self._load(json.loads(path.read_text(encoding="utf-8")))

    def declare(self, vendor: str, kinds: Iterable[str]) -> None:
        """State the kinds that a vendor's twin knows, so that a misspelt one is refused."""
        with self._lock:
            self._kinds[vendor] = frozenset(kinds)

    def arm(
        self,
        vendor: str,
        fault: Fault,
        *,
        operation: str | None = None,
        match: Mapping[str, str] | None = None,
        count: int = 1,
        skip: int = 0,
    ) -> Switch:
        """Arm a switch.

        Raises:
            ValueError: the vendor's twin knows no such kind, or the count is not positive.
        """
        with self._lock:
            known = self._kinds.get(vendor)
            if known is not None and fault.kind not in known:
                raise ValueError(
                    f"{vendor} knows no fault {fault.kind!r}; it knows {sorted(known)}"
                )
            if count < 1 or skip < 0:
                raise ValueError(f"count {count} must be at least 1 and skip {skip} at least 0")
            switch = Switch(self._next_id, vendor, fault, operation, dict(match or {}), count, skip)
            self._next_id += 1
            self._switches.append(switch)
            self._save()
            return switch

    def take(self, vendor: str, operation: str, **facts: object) -> Fault | None:
        """The fault that this request suffers, consuming one shot; None for a healthy one."""
        with self._lock:
            for place, switch in enumerate(self._switches):
                if not switch.fits(vendor, operation, facts):
                    continue
                if switch.skip:
                    self._switches[place] = replace(switch, skip=switch.skip - 1)
                    self._save()
                    continue
                self._consume(place, operation, facts)
                return switch.fault
        return None

    def clear(self, vendor: str | None = None) -> None:
        """Disarm everything, or everything of one vendor."""
        with self._lock:
            self._switches = [
                switch for switch in self._switches if vendor not in (None, switch.vendor)
            ]
            self._save()

    def armed(self) -> list[Switch]:
        """The switches that still have shots, oldest first."""
        with self._lock:
            return list(self._switches)

    def describe(self) -> dict[str, Any]:
        """What is armed, what was fired and which kinds exist, as JSON values."""
        with self._lock:
            return {
                "armed": [asdict(switch) for switch in self._switches],
                "fired": list(self._shots),
                "kinds": {vendor: sorted(kinds) for vendor, kinds in self._kinds.items()},
            }

    def _consume(self, place: int, operation: str, facts: Mapping[str, object]) -> None:
        switch = self._switches[place]
        if switch.count == 1:
            del self._switches[place]
        else:
            self._switches[place] = replace(switch, count=switch.count - 1)
        self._shots.append(
            {
                "switch_id": switch.switch_id,
                "vendor": switch.vendor,
                "kind": switch.fault.kind,
                "operation": operation,
                "facts": {name: str(value) for name, value in facts.items()},
            }
        )
        del self._shots[:-REMEMBERED_SHOTS]
        self._save()

    def _load(self, kept: Mapping[str, Any]) -> None:
        self._switches = [
            Switch(**{**switch, "fault": Fault(**switch["fault"])}) for switch in kept["armed"]
        ]
        self._shots = list(kept["fired"])
        self._next_id = int(kept["next_id"])

    def _save(self) -> None:
        if self._path is None:
            return
        kept = {
            "armed": [asdict(switch) for switch in self._switches],
            "fired": self._shots,
            "next_id": self._next_id,
        }
        self._path.parent.mkdir(parents=True, exist_ok=True)
        written = self._path.with_suffix(".tmp")
        written.write_text(json.dumps(kept), encoding="utf-8")
        written.replace(self._path)
