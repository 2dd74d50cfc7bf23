"""Puts a bureau's files into the drop folder: `name.tmp`, then renamed, the manifest last.

Layout: `drop/<provider>/<name>` and `drop/<provider>/<name>.manifest.json`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

#: In how many pieces a growing file arrives.
_PIECES: Final = 4


class NotDeliverable(Exception):
    """There is no such delivery or manner of delivering; the text says which exist."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file with its manifest, as the seed describes it; `order` says when it comes."""

    delivery: str
    order: int
    name: str
    content: bytes
    manifest: dict[str, Any]

    @property
    def provider(self) -> str:
        """Whose folder it lands in."""
        return str(self.manifest["provider"])


class Drop:
    """The drop folder of one home, and what was delivered into it.

    Args:
        home: where the seeds, the state and the folder are.
    """

    def __init__(self, home: Path) -> None:
        self._seed = home / "sandbox" / "seed"
        self._kept = home / "sandbox" / "state" / "drop.json"
        self.folder = home / "drop"

    def delivered(self) -> list[dict[str, Any]]:
        """What was delivered so far, in that order."""
        if not self._kept.is_file():
            return []
        kept: list[dict[str, Any]] = json.loads(self._kept.read_text(encoding="utf-8"))
        return kept

    def deliver(
        self, delivery: str, manner: str = "whole", *, seconds: float = 0.0, again: bool = False
    ) -> list[str]:
        """Deliver the parcels of one delivery, in their order.

        Args:
            delivery: `initial`, `duplicate`, `corrected` or another of the seed.
            manner: one of `MANNERS`.
            seconds: how long a growing file grows, or how long its companion waits.
            again: deliver also what was delivered before.

        Returns:
            The paths in the drop folder, without what was delivered before.

        Raises:
            NotDeliverable: the seed knows no such delivery, or there is no such manner.
        """
        if manner not in MANNERS:
            raise NotDeliverable(f"There is no manner {manner!r}; there are {sorted(MANNERS)}.")
        parcels = self._parcels()
        chosen = [parcel for parcel in parcels if parcel.delivery == delivery]
        if not chosen:
            known = sorted({parcel.delivery for parcel in parcels})
            raise NotDeliverable(f"There is no delivery {delivery!r}; there are {known}.")
        before = {entry["order"] for entry in self.delivered()}
        sent = []
        for parcel in sorted(chosen, key=lambda each: each.order):
            if again or parcel.order not in before:
                target = self.folder / parcel.provider / parcel.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if manner in _COURSES:
                    _COURSES[manner](target, parcel, seconds)
                else:
                    _place(target, _CONTENTS[manner](parcel.content))
                    _place_manifest(target, parcel)
                sent.append(f"{parcel.provider}/{parcel.name}")
                self._remember(parcel, manner)
        return sent

    def _parcels(self) -> list[Parcel]:
        listed = json.loads((self._seed / "deliveries.json").read_text(encoding="utf-8"))
        return [
            Parcel(
                delivery=each["delivery"],
                order=each["order"],
                name=each["name"],
                content=(self._seed / "files" / each["file"]).read_bytes(),
                manifest=each["manifest"],
            )
            for each in listed
        ]

    def _remember(self, parcel: Parcel, manner: str) -> None:
        entry = {
            "order": parcel.order,
            "delivery": parcel.delivery,
            "provider": parcel.provider,
            "name": parcel.name,
            "manner": manner,
        }
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        _place(self._kept, json.dumps([*self.delivered(), entry], indent=1).encode())


def _place(path: Path, content: bytes) -> None:
    """Write under another name, then rename: nobody sees half of it."""
    unfinished = path.with_name(f"{path.name}.tmp")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _place_manifest(target: Path, parcel: Parcel) -> None:
    text = json.dumps(parcel.manifest, ensure_ascii=False, indent=1)
    _place(target.with_name(f"{target.name}.manifest.json"), text.encode("utf-8"))


def _cut_in_a_line(content: bytes) -> bytes:
    return content[: content.rfind(b"\n", 0, len(content) // 2) + 4]


def _cut_at_a_line_end(content: bytes) -> bytes:
    """Nothing looks wrong; only the manifest knows better."""
    return content[: content.rfind(b"\n", 0, len(content) // 2) + 1]


def _growing(target: Path, parcel: Parcel, seconds: float) -> None:
    """Straight under its final name, piece by piece; the manifest when it is complete."""
    size = -(-len(parcel.content) // _PIECES)
    pieces = [parcel.content[start : start + size] for start in range(0, len(parcel.content), size)]
    target.write_bytes(pieces[0])

    def grow() -> None:
        for piece in pieces[1:]:
            time.sleep(seconds / _PIECES)
            with target.open("ab") as file:
                file.write(piece)
        _place_manifest(target, parcel)

    threading.Thread(target=grow, name=f"growing {target.name}").start()


def _manifest_first(target: Path, parcel: Parcel, seconds: float) -> None:
    """The manifest promises a file that comes later."""
    _place_manifest(target, parcel)
    timer = threading.Timer(seconds, _place, (target, parcel.content))
    timer.start()


def _manifest_late(target: Path, parcel: Parcel, seconds: float) -> None:
    """The file lies there without a manifest for a while."""
    _place(target, parcel.content)
    timer = threading.Timer(seconds, _place_manifest, (target, parcel))
    timer.start()


#: What becomes of the content; the manifest still describes the whole file.
_CONTENTS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "whole": lambda content: content,
    "truncated": _cut_in_a_line,
    "truncated_at_line_end": _cut_at_a_line_end,
    "empty": lambda _: b"",
}
#: How file and manifest arrive one after the other, slowly.
_COURSES: Final[dict[str, Callable[[Path, Parcel, float], None]]] = {
    "growing": _growing,
    "manifest_first": _manifest_first,
    "manifest_late": _manifest_late,
}
MANNERS: Final = frozenset(_CONTENTS | _COURSES)
