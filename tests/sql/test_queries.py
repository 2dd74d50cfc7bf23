"""Every question to the store has a file, a name, a purpose and somebody who asks it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from tests.harness.sources import PRODUCT, ROOT, sources
from tieout.warehouse.store import FOLDERS, queries

SQL = ROOT / "sql"
HEADER = re.compile(r"^-- name: (?P<name>\w+)\((?P<arguments>[^)]*)\)!?$")
PARAMETER = re.compile(r"(?<!:):(?P<name>[a-z_]\w*)")
# Not ours to load: migrations run once, in order; a vendor's statements go over the wire.
APART = {"migrations", "netsuite"}


def files() -> list[Path]:
    """The query files of all loaded folders."""
    return [path for folder in FOLDERS for path in sorted((SQL / folder).glob("*.sql"))]


def each_file() -> list[object]:
    """The same as parameters, readable in a test's name."""
    return [pytest.param(path, id=f"{path.parent.name}/{path.stem}") for path in files()]


def header_of(path: Path) -> re.Match[str]:
    """The first line of a file, read."""
    found = HEADER.match(path.read_text(encoding="utf-8").splitlines()[0])
    assert found is not None, f"{path} does not begin with its name"
    return found


def comments_of(path: Path) -> list[str]:
    """The comment lines below the name."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return [line.removeprefix("--").strip() for line in lines if line.startswith("--")]


def test_every_folder_of_queries_is_loaded_and_no_other() -> None:
    """A query in a forgotten folder would be a question that nobody can ask."""
    assert {path.name for path in SQL.iterdir() if path.is_dir()} - APART == set(FOLDERS)


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_files_of_a_folder_are_the_queries_that_are_loaded(folder: str) -> None:
    """Who reads the folder relies on it: each file is one question, and each is known."""
    loaded = {name for name in queries(folder).available_queries if not name.endswith("_cursor")}
    assert loaded == {path.stem for path in (SQL / folder).glob("*.sql")}


@pytest.mark.parametrize("path", each_file())
def test_a_query_introduces_itself(path: Path) -> None:
    """A finance reader relies on it: name, purpose and asker stand above the question."""
    assert header_of(path)["name"] == path.stem
    comments = comments_of(path)
    purposes = [line for line in comments if line and not line.startswith(("returns:", "used by:"))]
    assert purposes, "says no purpose"
    assert [line for line in comments if line.startswith("used by:")], "says no asker"


@pytest.mark.parametrize("path", each_file())
def test_a_header_names_exactly_the_parameters_of_its_query(path: Path) -> None:
    """Who calls a query reads its header only."""
    stated = {part.strip() for part in header_of(path)["arguments"].split(",") if part.strip()}
    body = "\n".join(
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if not line.lstrip().startswith("--")
    )
    without_texts = re.sub(r"'[^']*'", "''", body)
    assert {found["name"] for found in PARAMETER.finditer(without_texts)} == stated


def test_every_query_is_asked_by_the_product() -> None:
    """A question that nobody asks is dead, and rots."""
    asked = {
        node.value
        for source in sources(*PRODUCT)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    dead = [f"{path.parent.name}/{path.stem}" for path in files() if path.stem not in asked]
    assert dead == []
