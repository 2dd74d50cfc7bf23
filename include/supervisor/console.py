"""What the supervisor says to the person at the terminal."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Write one line to the terminal at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """Write one line to the error stream at once."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Lay out rows in columns as wide as their longest cell."""
    lines = [heads, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
