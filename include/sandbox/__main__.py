"""`python -m sandbox prepare|serve|reset`: make the company, host the vendors, start afresh."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the process's exit status."""
    stated = _parser().parse_args(arguments)
    home: Path = stated.home.resolve()
    if stated.command == "prepare":
        from sandbox.prepare import prepare

        prepare(home, stated.seed)
        return 0
    if stated.command == "reset":
        reset(home)
        return 0
    from sandbox.serve import VENDORS, serve

    try:
        serve(home, stated.vendor or VENDORS)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"sandbox: {error}\n")
        return 1
    return 0


def reset(home: Path) -> None:
    """Forget what the twins remember; the next start begins from the seed again.

    The twins must not be running.
    """
    for kept in ("sandbox/state", "mail", "drop"):
        if (home / kept).exists():
            shutil.rmtree(home / kept)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    texts = {
        "prepare": "generate the company and the vendors' seeds",
        "serve": "host all twins until SIGTERM",
        "reset": "forget what the twins remember",
    }
    for name, text in texts.items():
        command = commands.add_parser(name, help=text)
        command.add_argument("--home", type=Path, required=True, help="the runtime's folder")
        if name == "prepare":
            command.add_argument("--seed", type=int, default=2026, help="the company's number")
        if name == "serve":
            command.add_argument("--vendor", action="append", help="host this one; repeatable")
    return parser


if __name__ == "__main__":
    sys.exit(main())
