"""Originals as evidence: durable, and never another's bytes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tieout.adapters.objects import LocalObjects
from tieout.adapters.objects.local import ObjectCorruptedError

CONTENT = "Lön oktober;1 234,50\n".encode("cp437") * 1000


@pytest.fixture(params=["folder", "bucket"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> LocalObjects:
    """A store in a folder and one behind a URL."""
    root = str(tmp_path) if request.param == "folder" else f"memory://{tmp_path.name}"
    return LocalObjects(root)


def test_what_was_put_comes_back_under_the_hash_of_its_bytes(objects: LocalObjects) -> None:
    """Replay relies on it: the original that was read is the original that arrived."""
    sha256 = objects.put(CONTENT, ".si")
    assert sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert objects.put(CONTENT, ".si") == sha256
    assert objects.has(sha256, ".si")
    assert objects.get(sha256, ".si") == CONTENT
    assert objects.get(objects.put(b"")) == b""


def test_what_is_not_there_is_said_to_be_missing(objects: LocalObjects) -> None:
    """Callers rely on it: missing is not empty."""
    sha256 = hashlib.sha256(b"never stored").hexdigest()
    assert not objects.has(sha256)
    with pytest.raises(KeyError):
        objects.get(sha256)


@pytest.mark.parametrize("damage", ["other bytes", "cut", "another object"])
def test_damaged_bytes_are_refused_and_the_next_put_repairs_them(
    tmp_path: Path, damage: str
) -> None:
    """The auditor relies on it: evidence that changed is noticed, not read."""
    objects = LocalObjects(tmp_path)
    sha256 = objects.put(CONTENT)
    stored = next(path for path in tmp_path.rglob("*.zst"))
    match damage:
        case "other bytes":
            stored.write_bytes(b"overwritten")
        case "cut":
            stored.write_bytes(stored.read_bytes()[:-7])
        case _:
            other = LocalObjects(tmp_path / "other")
            other.put(b"another object")
            stored.write_bytes(next((tmp_path / "other").rglob("*.zst")).read_bytes())
    with pytest.raises(ObjectCorruptedError, match=sha256):
        objects.get(sha256)
    objects.put(CONTENT)
    assert objects.get(sha256) == CONTENT


def test_an_interrupted_write_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The manifest relies on it: a hash is returned only for bytes that are on the disk."""

    def fail(descriptor: int) -> None:
        raise OSError("disk full")

    objects = LocalObjects(tmp_path)
    objects.put(b"first")
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="disk full"):
        objects.put(CONTENT)
    assert [path.suffix for path in tmp_path.rglob("*") if path.is_file()] == [".zst"]


@pytest.mark.parametrize("name", ["../../etc/passwd", "ab", "A" * 64])
def test_only_hashes_name_objects(tmp_path: Path, name: str) -> None:
    """Security relies on it: no text from outside becomes a path."""
    with pytest.raises(ValueError, match="names no object"):
        LocalObjects(tmp_path).get(name)
    with pytest.raises(ValueError, match="names no object"):
        LocalObjects(tmp_path).put(b"x", "/../x")
