"""Content-addressed objects, compressed with Zstandard, verified each time they are read.

The name is the SHA-256 of the uncompressed bytes. In a folder, an object is durable before its hash
is returned: temporary file, fsync, rename, fsync of the folder. In a bucket the service's own put
is atomic and durable.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Final

import zstandard
from upath import UPath

from tieout.errors import TieoutError

_LEVEL: Final = 3
_SHA256: Final = re.compile(r"^[0-9a-f]{64}$")
_SUFFIX: Final = re.compile(r"^(\.[a-z0-9]{1,12})?$")


class ObjectCorruptedError(TieoutError):
    """The stored bytes are no longer those that were stored."""

    code = "object_corrupted"


class LocalObjects:
    """Objects below one root; implements `tieout.ports.Objects`.

    Args:
        root: a folder, or the URL of one (`s3://bucket/prefix`, `gs://…`, `memory://…`).
    """

    def __init__(self, root: str | Path) -> None:
        where = UPath(root)
        self._folder = Path(where.path) if where.protocol in {"", "file", "local"} else None
        self._root = where

    def put(self, content: bytes, suffix: str = "") -> str:
        """Store durably and return the hash; repeating is free.

        An object that is there but damaged is replaced: its name says what it must hold.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if self._holds(sha256, suffix, len(content)):
            return sha256
        packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(content)
        name = _relative(sha256, suffix)
        if self._folder is None:
            target = self._root / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(packed)
        else:
            _write_durably(self._folder / name, packed)
        return sha256

    def get(self, sha256: str, suffix: str = "") -> bytes:
        """The bytes.

        Raises:
            KeyError: they are not there.
            ObjectCorruptedError: what is there is something else.
        """
        try:
            packed = (self._root / _relative(sha256, suffix)).read_bytes()
        except FileNotFoundError as error:
            raise KeyError(sha256) from error
        try:
            content: bytes = zstandard.ZstdDecompressor().decompress(packed)
        except zstandard.ZstdError as error:
            raise _corrupted(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise _corrupted(sha256)
        return content

    def has(self, sha256: str, suffix: str = "") -> bool:
        """Whether they are there; reading verifies them."""
        return bool((self._root / _relative(sha256, suffix)).exists())

    def _holds(self, sha256: str, suffix: str, size_bytes: int) -> bool:
        if not self.has(sha256, suffix):
            return False
        try:
            return len(self.get(sha256, suffix)) == size_bytes
        except ObjectCorruptedError:
            return False


def _relative(sha256: str, suffix: str) -> str:
    """`ab/cdef….parquet.zst`: 256 folders keep each of them short. No other name gets through."""
    if _SHA256.match(sha256) is None or _SUFFIX.match(suffix) is None:
        raise ValueError(f"{sha256!r} with {suffix!r} names no object")
    return f"{sha256[:2]}/{sha256[2:]}{suffix}.zst"


def _write_durably(target: Path, content: bytes) -> None:
    for folder in (target.parent.parent, target.parent):
        _make_durably(folder)
    descriptor, beside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(target)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _make_durably(folder: Path) -> None:
    """A folder that a power failure forgets would take its objects with it."""
    if folder.is_dir():
        return
    folder.mkdir(parents=True, exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _corrupted(sha256: str) -> ObjectCorruptedError:
    return ObjectCorruptedError(
        f"The object {sha256} is damaged: its bytes do not have that hash.",
        blocks="everything that reads it",
        next_step="Restore the object store from its copy; nothing was read from the damaged one.",
    )
