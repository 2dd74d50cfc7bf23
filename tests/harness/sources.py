"""The project's own Python files, parsed once, for the tests that read code."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("include/tieout", "dags", "plugins")
EVERYTHING = ("include", "dags", "plugins", "tests")

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One file.

    Args:
        name: its path from the root.
        text: what it says.
        tree: the same, parsed.
    """

    name: str
    text: str
    tree: ast.Module

    @property
    def line_count(self) -> int:
        """Lines in the file."""
        return self.text.count("\n")

    def functions(self) -> Iterator[FunctionNode]:
        """All functions, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, FunctionNode):
                yield node

    def imported(self) -> Iterator[tuple[int, str]]:
        """Line and full name of each imported module."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield node.lineno, node.module


@functools.cache
def sources(*folders: str) -> tuple[Source, ...]:
    """All Python files below these folders of the repository, in order."""
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            name = path.relative_to(ROOT).as_posix()
            found.append(Source(name, text, ast.parse(text, name)))
    return tuple(found)


def length_of(function: FunctionNode) -> int:
    """Lines of a function from its `def` on, its docstring not counted."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines
