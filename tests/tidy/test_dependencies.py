"""What is installed is pinned, explained, and bound to no registry."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.harness.sources import ROOT

LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
PROJECT_TEXT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PROJECT = tomllib.loads(PROJECT_TEXT)["project"]
DIRECT_MAX = 30


def _locked() -> dict[str, list[Requirement]]:
    found: dict[str, list[Requirement]] = {}
    for line in LOCK:
        requirement = Requirement(line)
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def test_every_locked_package_has_one_exact_version() -> None:
    """Two machines rely on it: the same clone installs the same code."""
    pin = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+(\s*;.+)?$")
    assert [line for line in LOCK if not pin.match(line)] == []


def test_the_lock_names_no_registry() -> None:
    """Whoever has a registry of their own relies on it: the lock says what, never where from."""
    assert [line for line in LOCK if re.search(r"://|@|--|file:", line)] == []


def test_the_lock_satisfies_every_declared_dependency() -> None:
    """Whoever changes pyproject.toml relies on it: `make lock` was not forgotten."""
    locked = _locked()
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    missing = []
    for text in (line for group in groups for line in group):
        wanted = Requirement(text)
        pins = locked.get(canonicalize_name(wanted.name), [])
        versions = [Version(str(pin.specifier).removeprefix("==")) for pin in pins]
        if not versions or not all(wanted.specifier.contains(one) for one in versions):
            missing.append(text)
    assert missing == []


def test_at_most_thirty_direct_dependencies_each_with_its_why() -> None:
    """Whoever audits the supply chain relies on it: each package is there for a stated reason."""
    assert len(PROJECT["dependencies"]) <= DIRECT_MAX
    groups = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    lines = PROJECT_TEXT.splitlines()
    tools = set(PROJECT["optional-dependencies"]["dev"])
    unexplained = [
        name
        for group in groups
        for name in group
        if name not in tools
        and not any(re.match(rf'\s*"{re.escape(name)}",\s+# \S', line) for line in lines)
    ]
    assert unexplained == []


def test_the_supported_python_versions_are_stated_alike() -> None:
    """Who installs relies on it: setup refuses exactly the versions that the project refuses."""
    assert PROJECT["requires-python"] == ">=3.11,<3.14"
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "(3, 11) <= sys.version_info[:2] < (3, 14)" in makefile
