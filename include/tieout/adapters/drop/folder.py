"""Reads one provider's folder: whole files only, inside the folder only, bounded in size."""

from __future__ import annotations

import hashlib
import os
import stat
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tieout.adapters.drop.manifest import SUFFIX
from tieout.errors import Place, VendorRefusedError, VendorUnavailableError

_MANIFEST_BYTES: Final = 64 * 1024


def shown(name: str) -> str:
    """A file name for people: control and direction marks are replaced."""
    return "".join(
        "\ufffd" if unicodedata.category(letter).startswith("C") else letter for letter in name
    )


@dataclass(frozen=True, slots=True)
class Folder:
    """A provider's folder; `now` is the file system's time in seconds, not business time."""

    path: Path
    largest_bytes: int
    stable_seconds: int
    now: Callable[[], float]

    def names(self) -> Iterator[str]:
        """Files that have a manifest beside them, in the order of their names."""
        try:
            entries = {entry.name for entry in os.scandir(self.path)}
        except FileNotFoundError:
            return
        except OSError as error:
            raise VendorUnavailableError(
                f"The folder can't be listed: {error.strerror}.",
                where=Place(document=str(self.path.name)),
                blocks="the provider's files",
                next_step="Check the folder's permissions.",
            ) from error
        for manifest in sorted(entries):
            name = manifest.removesuffix(SUFFIX)
            if name != manifest and name in entries:
                yield name

    def manifest(self, name: str) -> bytes | None:
        """The manifest's bytes, or none while it can't be read."""
        return self._bytes(f"{name}{SUFFIX}", _MANIFEST_BYTES)

    def content(self, name: str) -> bytes | None:
        """The file's bytes, or none when it is not there any more.

        Raises:
            VendorRefusedError: a name with a folder in it, a link, no plain file, or too large.
            VendorUnavailableError: it can't be read now.
        """
        return self._bytes(name, self.largest_bytes)

    def is_whole(self, name: str, sha256: str) -> bool:
        """Whether the file is as its manifest says, or rests as it is under its manifest.

        A provider writes the manifest last. A file whose bytes differ from it is still growing
        until it has rested for `stable_seconds`; then it is taken, and its reading says that it
        is not what was sent.
        """
        content = self.content(name)
        if content is None:
            return False
        if hashlib.sha256(content).hexdigest() == sha256.lower():
            return True
        return self.rests(name)

    def rests(self, name: str) -> bool:
        """Whether neither file nor manifest was written in the last `stable_seconds`."""
        try:
            written = [os.lstat(self.path / part).st_mtime for part in (name, f"{name}{SUFFIX}")]
        except OSError:
            return False
        return self.now() - max(written) >= self.stable_seconds

    def _bytes(self, name: str, limit: int) -> bytes | None:
        if name in ("", ".", "..") or "/" in name or "\\" in name or "\x00" in name:
            raise self._refused(name, "its name leaves the provider's folder")
        try:
            handle = os.open(self.path / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except OSError as error:
            if (self.path / name).is_symlink():
                raise self._refused(name, "it is a link") from error
            raise VendorUnavailableError(
                f"{shown(name)} can't be read: {error.strerror}.",
                where=Place(document=shown(name)),
                blocks="run",
                next_step="Check the file's permissions; the next sweep tries again.",
            ) from error
        with os.fdopen(handle, "rb") as opened:
            about = os.fstat(opened.fileno())
            if not stat.S_ISREG(about.st_mode):
                raise self._refused(name, "it is no plain file")
            content = opened.read(limit + 1)
        if len(content) > limit:
            raise self._refused(name, f"it is larger than {limit} bytes")
        return content

    def _refused(self, name: str, why: str) -> VendorRefusedError:
        return VendorRefusedError(
            f"{shown(name)} is not taken: {why}.",
            where=Place(document=shown(name)),
            blocks="run",
            next_step="Ask the provider to deliver a plain file in its own folder.",
        )
