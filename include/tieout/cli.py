"""The same use cases from a shell.

Commands that set up or compute run here. Commands that need a role act as a signed-in user through
the cockpit's API and Airflow's, with a token of Airflow's own login.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence

from tieout.errors import TieoutError

Handler = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a business error is one sentence on stderr and exit code 1."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["read"]:
        # Its own module and parser: reading a file needs no store, no settings, no Airflow.
        from tieout.cli_read import run

        return run(arguments[1:])
    options = parser().parse_args(arguments)
    try:
        return int(options.handler(options))
    except TieoutError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    from tieout import (
        cli_alignment,
        cli_build,
        cli_close,
        cli_diff,
        cli_load,
        cli_mappings,
        cli_setup,
        cli_verify,
    )

    top = argparse.ArgumentParser(prog="tieout", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("read", help="canonical summary of one source file")
    cli_setup.add_commands(commands)
    cli_close.add_commands(commands)
    cli_alignment.add_commands(commands)
    cli_build.add_commands(commands)
    cli_load.add_commands(commands)
    cli_verify.add_commands(commands)
    cli_diff.add_commands(commands)
    cli_mappings.add_commands(commands)
    return top


def emit(options: argparse.Namespace, figures: object, text: str) -> None:
    """Print figures as JSON when asked, else the text for people."""
    if getattr(options, "json", False):
        sys.stdout.write(json.dumps(figures, indent=1, default=str) + "\n")
    else:
        sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
