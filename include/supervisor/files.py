"""Files that only their owner may read, replaced whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from supervisor.errors import Trouble


def write_private(path: Path, text: str) -> None:
    """Replace a file by `text`, mode 0600; a reader sees the old or the new one, never a part."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; an absent file reads as an empty object.

    Raises:
        Trouble: the file holds something else.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise Trouble(
            f"{path} can't be read: {error}.", "Restore or delete the file, then try again."
        ) from error
    if not isinstance(found, dict):
        raise Trouble(f"{path} holds no JSON object.", "Restore or delete it, then try again.")
    return found


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Replace a file by a JSON object, mode 0600."""
    write_private(path, json.dumps(value, indent=2) + "\n")


def content_hash(paths: Iterable[Path]) -> str:
    """One hash over the names and bytes of all files in these files and folders."""
    digest = hashlib.sha256()
    for path in paths:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc":
                digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


@contextlib.contextmanager
def only_one(path: Path, act: str) -> Iterator[None]:
    """Let one command at a time act on a home; the system frees the lock when its holder dies.

    Raises:
        Trouble: another command holds the lock.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = handle.read().strip() or "another command"
            raise Trouble(
                f"{holder} is at work in {path.parent}.", "Wait until it ends, then try again."
            ) from error
        handle.truncate(0)
        handle.write(f"make {act} (process {os.getpid()})\n")
        handle.flush()
        yield
        handle.seek(0)
        handle.truncate(0)


def require_space(folder: Path, megabytes: int) -> None:
    """Refuse to begin what would fail half way.

    Raises:
        Trouble: the disk of `folder` has less room left.
    """
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise Trouble(
            f"The disk of {folder} has {free} MB left and {megabytes} MB are needed.",
            "Free some space, then try again.",
        )


def is_full_disk(error: OSError) -> bool:
    """Whether an operating system error says that there is no room left."""
    return error.errno in {errno.ENOSPC, errno.EDQUOT}
