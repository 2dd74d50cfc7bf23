"""Put the files of a build where they belong, all of them or none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tieout.errors import Place
from tieout.settings.inputs_folder import InputsUnusableError


def refuse_used(out: Path, *, force: bool) -> None:
    """Raises InputsUnusableError when `out` holds something that may not be replaced."""
    if out.exists() and not out.is_dir():
        raise InputsUnusableError(
            f"{out} is a file.", where=Place(str(out)), next_step="Name a folder."
        )
    if out.is_dir() and any(out.iterdir()) and not force:
        raise InputsUnusableError(
            f"{out} is not empty.",
            where=Place(str(out)),
            next_step="Name another folder, or say --force to replace what is in it.",
        )


def write_folder(out: Path, files: Mapping[str, bytes], *, force: bool) -> None:
    """Write all files beside `out`, then put them in its place in one step.

    Raises:
        InputsUnusableError: the folder is used, or can't be written.
    """
    refuse_used(out, force=force)
    fresh = out.parent / f".{out.name}.{os.getpid()}.unfinished"
    replaced = out.parent / f".{out.name}.{os.getpid()}.replaced"
    try:
        (fresh / "journals").mkdir(parents=True)
        for name, content in files.items():
            target = fresh / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        if out.is_dir():
            out.rename(replaced)
        fresh.rename(out)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise InputsUnusableError(
            f"{out} can't be written: {error.strerror}.",
            where=Place(str(out)),
            next_step="Check room and rights of the folder above it.",
        ) from error
    finally:
        if replaced.is_dir() and out.is_dir():
            shutil.rmtree(replaced)
        elif replaced.is_dir():
            replaced.rename(out)
