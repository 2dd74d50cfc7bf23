"""`make setup`: makes `.venv` from the lock, with nothing but Python's own library.

Run as a script by the Python that shall be used; imports nothing of this package, which is not
installed yet. A stamp of lock, project and place lets the next run end at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
STAMP = VENV / "setup.json"
LOG = VENV / "setup.log"
LOCK, PROJECT = ROOT / "requirements.txt", ROOT / "pyproject.toml"
INSTALLER = "uv==0.13.9"
MEGABYTES_NEEDED = 2500
OFFLINE = ("dns error", "connect", "name resolution", "timed out", "no matching distribution")


class Stopped(Exception):
    """Setup can't go on; the text is a sentence with its cure."""


def main() -> int:
    """Bring `.venv` in step with the lock; returns the exit code."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say("Another `make setup` is at work; waiting for it.")
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        _bring_in_step()
    except Stopped as stopped:
        sys.stderr.write(f"{stopped}\n")
        return 1
    except OSError as error:
        sys.stderr.write(f"{_sentence_for(str(error))}\n")
        return 1
    return 0


def _bring_in_step() -> None:
    wanted = {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "place": str(ROOT),
        "lock": _hash(LOCK),
        "project": _hash(PROJECT),
    }
    present = _stamp()
    if present == wanted and (VENV / "bin" / "python").exists():
        return
    _require_space()
    same_place = all(
        present.get(name, wanted[name]) == wanted[name] for name in ("python", "place")
    )
    if not (same_place and _usable()):
        _say("Making .venv …")
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(VENV)
    STAMP.unlink(missing_ok=True)
    python = str(VENV / "bin" / "python")
    if present.get("lock") != wanted["lock"] or not same_place:
        _say("Installing the locked packages …")
        _run([python, "-m", "pip", "install", "--quiet", INSTALLER])
        _uv("sync", "--compile-bytecode", str(LOCK), "-", given=f"-e {ROOT}\n{INSTALLER}\n")
    else:
        _uv("install", "--no-deps", "-e", str(ROOT))
    _run([python, "-m", "compileall", "-q", "include"])
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")


def _usable() -> bool:
    """Whether the environment that is there is of this Python and can install."""
    python = VENV / "bin" / "python"
    if not python.exists():
        return False
    ask = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == f"{sys.version_info.major}.{sys.version_info.minor}"


def _uv(verb: str, *arguments: str, given: str = "") -> None:
    """Run the installer with the registry and certificates that pip is set to."""
    settings = dict(os.environ)
    asked = subprocess.run(
        [VENV / "bin" / "python", "-m", "pip", "config", "list"],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in asked.stdout.splitlines():
        name, _, value = line.partition("=")
        option = name.strip(": ").rpartition(".")[2]
        value = value.strip("'\"")
        if option == "index-url":
            settings.setdefault("UV_DEFAULT_INDEX", value)
        elif option == "cert":
            settings.setdefault("SSL_CERT_FILE", value)
    command = [str(VENV / "bin" / "uv"), "pip", verb, "--python", str(VENV / "bin" / "python")]
    _run([*command, *arguments], settings, given)


def _run(command: list[str], settings: dict[str, str] | None = None, given: str = "") -> None:
    """Run a command, its output in the log.

    Raises:
        Stopped: it failed; says why as far as its output tells.
    """
    done = subprocess.run(
        command,
        env=settings,
        cwd=ROOT,
        input=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    if done.returncode:
        raise Stopped(_sentence_for(done.stdout))


def _sentence_for(said: str) -> str:
    """What went wrong and what to do, from a tool's output or the system's message."""
    low = said.lower()
    if "no space left" in low or "quota exceeded" in low:
        return f"The disk of {ROOT} is full. Free some space, then run `make setup` again."
    if any(sign in low for sign in OFFLINE):
        return (
            "The package registry can't be reached. Connect this machine, or name your registry in"
            f" pip's configuration, then run `make setup` again. Details: {LOG}"
        )
    last = " ".join(said.strip().splitlines()[-3:])
    return f"Installing failed: {last} Details: {LOG}. Cure that, then run `make setup` again."


def _require_space() -> None:
    free = shutil.disk_usage(ROOT).free // 2**20
    # An environment that is there already needs little more.
    needed = MEGABYTES_NEEDED if not VENV.is_dir() else MEGABYTES_NEEDED // 5
    if free < needed:
        raise Stopped(
            f"The disk of {ROOT} has {free} MB left and {needed} MB are needed."
            " Free some space, then run `make setup` again."
        )


def _stamp() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
