"""Who may import whom, beyond what the import contracts in pyproject.toml can say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest

from tests.harness.sources import PRODUCT, ROOT, sources

STANDARD = sys.stdlib_module_names
HEAVY = ("polars", "pandas", "pandera", "great_expectations", "altair", "vl_convert", "matplotlib")
LIGHT = ("tieout.orchestration", "tieout.cockpit", "tieout.bootstrap", "tieout.workflows")
SQL_TEXT = re.compile(
    r"^\s*(--[^\n]*\n\s*)*("
    r"SELECT\s.+\sFROM\s|INSERT\s+INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s"
    r"|CREATE\s+(TABLE|INDEX|VIEW|FUNCTION|TRIGGER)\s|ALTER\s+TABLE\s|WITH\s+\w+\s+AS\s*\()",
    re.IGNORECASE | re.DOTALL,
)
# A ledger's own query language is part of its protocol, not of our database.
VENDOR_QUERIES = "include/tieout/adapters/netsuite/"


def _strangers(folder: str, allowed: tuple[str, ...]) -> list[str]:
    return [
        f"{source.name}:{line} imports {module}"
        for source in sources(folder)
        for line, module in source.imported()
        if module.split(".")[0] not in STANDARD
        and not any(module == one or module.startswith(f"{one}.") for one in allowed)
    ]


def test_dags_import_airflow_and_orchestration_only() -> None:
    """Who operates the close relies on it: what a DAG does runs and is tested without Airflow."""
    assert _strangers("dags", ("airflow", "tieout.orchestration")) == []


def test_plugins_import_cockpit_and_orchestration_only() -> None:
    """Every Airflow process loads the plugin; it must stay a mount and nothing more."""
    assert _strangers("plugins", ("airflow", "tieout.cockpit", "tieout.orchestration")) == []


def test_sql_text_stands_in_the_sql_folder_only() -> None:
    """The auditor relies on it: every question to the books has a name, a header and a test."""
    found = [
        f"{source.name}:{node.lineno}"
        for source in sources(*PRODUCT)
        if not source.name.startswith(VENDOR_QUERIES)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and SQL_TEXT.match(node.value)
    ]
    assert found == []


@pytest.mark.parametrize("module", LIGHT)
def test_light_modules_load_no_heavy_library(module: str) -> None:
    """Every task pays for what these import: half a second of pandas, times a thousand tasks."""
    ask = (
        f"import sys, {module}\n"
        f"print(sorted(set({HEAVY!r}) & {{name.split('.')[0] for name in sys.modules}}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if f"No module named '{module}'" in answer.stderr:
        pytest.skip(f"{module} is not written yet")
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert answer.stdout.strip().splitlines()[-1] == "[]"


def test_packages_of_a_light_module_load_nothing_heavy_either() -> None:
    """The mapping pages and DAG parsing rely on it: each submodule is as light as its package."""
    modules = sorted(
        source.name.removeprefix("include/").removesuffix(".py").replace("/", ".")
        for source in sources(
            "include/tieout/orchestration", "include/tieout/cockpit", "include/tieout/workflows"
        )
    )
    names = [module.removesuffix(".__init__") for module in modules]
    ask = (
        "import importlib, sys\n"
        f"for name in {names!r}:\n"
        "    importlib.import_module(name)\n"
        f"    heavy = set({HEAVY!r}) & {{one.split('.')[0] for one in sys.modules}}\n"
        "    if heavy:\n"
        "        print('HEAVY', name, sorted(heavy)); break\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert [line for line in answer.stdout.splitlines() if line.startswith("HEAVY")] == []
