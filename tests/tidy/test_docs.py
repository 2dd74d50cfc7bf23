"""The documents say what is: generated pages are fresh, and what they name exists."""

from __future__ import annotations

import argparse
import csv
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.harness import reference
from tests.harness.sources import sources
from tieout import cli

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CONFIG = ROOT / "include" / "config"
# Written by people, beside the folder; the list of promises quotes what others wished.
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS.rglob("*.md")]
)
QUOTED = {DOCS / "reference" / "promises.md"}

FENCE = re.compile(r"^```(?!mermaid)\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
SETTING = re.compile(r"\bTIEOUT_[A-Z]+(?:_[A-Z]+)*\b")


def code_of(text: str) -> Iterator[str]:
    """What a page shows as code: lines of blocks, and spans of the rest."""
    for block in FENCE.findall(text):
        yield from (line.strip() for line in block.splitlines())
    yield from SPAN.findall(FENCE.sub("", text))


def named(pattern: str) -> Iterator[tuple[str, str]]:
    """Page and first group of each match in the code of all pages."""
    for page in PAGES:
        if page in QUOTED:
            continue
        for code in code_of(page.read_text(encoding="utf-8")):
            for found in re.finditer(pattern, code):
                yield page.relative_to(ROOT).as_posix(), found[1]


def targets() -> set[str]:
    """The targets that `make help` lists."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))


def commands() -> set[str]:
    """The commands of `tieout`."""
    return {
        name
        for action in cli.parser()._actions
        if isinstance(action, argparse._SubParsersAction)
        for name in action.choices
    }


def headings_of(page: Path) -> list[str]:
    """The headings of a page as written, code marks left out."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [heading.replace("`", "") for heading in HEADING.findall(text)]


def anchors_of(page: Path) -> set[str]:
    """What a link to a heading of this page may say."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in headings_of(page)
    }


def reference_text(name: str) -> str:
    """The text of a page of the reference."""
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(reference.pages()), ids=lambda page: page.name)
def test_a_generated_page_is_what_the_code_states(page: Path) -> None:
    """The reader relies on it; `python -m tests.harness.reference` writes it anew."""
    fresh = page.read_text(encoding="utf-8") == reference.pages()[page]
    assert fresh, "run `python -m tests.harness.reference`"


def test_every_table_of_the_migrations_is_on_the_page() -> None:
    """Who reads the database relies on it: the generator overlooked none."""
    declared = [
        name
        for path in reference.MIGRATIONS.glob("*.sql")
        for name in re.findall(r"CREATE TABLE (\w+)", path.read_text(encoding="utf-8"))
    ]
    shown = headings_of(DOCS / "reference" / "schema.md")
    assert sorted(set(declared) - set(shown)) == []


def test_every_make_target_that_a_page_names_exists() -> None:
    """Who follows a page relies on it: no command ends in "no rule to make target"."""
    unknown = [(page, name) for page, name in named(r"^make ([a-z]+)") if name not in targets()]
    assert unknown == []


def test_every_tieout_command_that_a_page_names_exists() -> None:
    """Who follows a page relies on it: no command is refused as unknown."""
    pattern = r"^(?:\.venv/bin/)?tieout ([a-z][a-z-]*)"
    unknown = [(page, name) for page, name in named(pattern) if name not in commands()]
    assert unknown == []


def test_every_module_that_a_page_runs_exists() -> None:
    """Who follows a page relies on it: `python -m` finds what it is told to run."""
    unknown = [
        (page, name)
        for page, name in named(r"python -m ([a-z_.]+)")
        if importlib.util.find_spec(name) is None
    ]
    assert unknown == []


def test_the_reference_of_commands_has_every_command() -> None:
    """Who looks a command up relies on it: what exists is described."""
    headings = headings_of(DOCS / "reference" / "commands.md")
    described = {" ".join(heading.split()[:2]) for heading in headings}
    wanted = {f"make {name}" for name in targets()} | {f"tieout {name}" for name in commands()}
    assert sorted(wanted - described) == []


def test_every_setting_has_a_heading() -> None:
    """Who operates relies on it: nothing in the environment acts unexplained."""
    places = [ROOT / "airflow.cfg", ROOT / "docker-compose.yaml", ROOT / "Makefile"]
    texts = [source.text for source in sources("include", "dags", "plugins")]
    texts += [place.read_text(encoding="utf-8") for place in places]
    texts += [(ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")]
    used = {name for text in texts for name in SETTING.findall(text)}
    assert sorted(used - set(headings_of(DOCS / "reference" / "settings.md"))) == []


def test_every_setting_that_a_page_names_has_a_heading() -> None:
    """Who configures relies on it: a page names no setting that nothing reads."""
    known = set(headings_of(DOCS / "reference" / "settings.md"))
    unknown = [
        (page, name) for page, name in named(r"(TIEOUT_[A-Z]+(?:_[A-Z]+)*)") if name not in known
    ]
    assert unknown == []


def test_every_relative_link_leads_somewhere() -> None:
    """The reader relies on it: a link opens a file, and its heading where it names one."""
    broken = []
    for page in PAGES:
        for link in LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8"))):
            if re.match(r"[a-z]+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in anchors_of(target)):
                broken.append((page.relative_to(ROOT).as_posix(), link))
    assert broken == []


def test_every_column_of_the_configuration_is_described() -> None:
    """Finance relies on it: no column or field has to be guessed."""
    described = set(SPAN.findall(reference_text("configuration.md")))
    wanted: set[str] = set()
    for path in CONFIG.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            wanted |= set(next(csv.reader(stream)))
    for path in CONFIG.rglob("*/*.yaml"):
        wanted |= {str(key) for key in yaml.safe_load(path.read_text(encoding="utf-8"))}
    assert sorted(wanted - described) == []


def test_every_connection_that_a_provider_names_is_described() -> None:
    """Who connects a server relies on it: its fields are listed."""
    stated = {"tieout_warehouse", "mail_smtp"}
    for path in (CONFIG / "providers").glob("*.yaml"):
        stated.add(str(yaml.safe_load(path.read_text(encoding="utf-8"))["connection"]))
    assert sorted(stated - set(headings_of(DOCS / "reference" / "connections.md"))) == []


def test_every_address_of_the_cockpit_is_described() -> None:
    """Who calls the API relies on it: each address, with its method."""
    text = reference_text("api.md")
    served = {
        f"{method.upper()} /tieout/api{path}"
        for source in sources("include/tieout/cockpit")
        for method, path in re.findall(r'@router\.(get|post)\(\s*"([^"]+)"', source.text)
        if source.name.rpartition("/")[2].startswith("api_")
    }
    assert served
    assert sorted(address for address in served if f"`{address}`" not in text) == []


def test_every_dag_is_described() -> None:
    """Who operates the close relies on it."""
    headings = headings_of(DOCS / "reference" / "dags.md")
    dags = {path.stem for path in (ROOT / "dags").glob("*.py")}
    assert sorted(dags - set(headings)) == []


def test_every_decision_says_context_decision_and_consequences() -> None:
    """Who wants to change a big choice relies on it: the reasons are there."""
    parts = {"Context", "Decision", "Consequences", "Alternatives"}
    lacking = [
        (page.name, sorted(parts - set(headings_of(page))))
        for page in sorted((DOCS / "decisions").glob("0*.md"))
        if not parts <= set(headings_of(page))
    ]
    assert lacking == []
