"""The import contracts of pyproject.toml hold, one by one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.sources import ROOT


def _kept(contract: str) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--contract", contract],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.promise("S7")
def test_no_source_knows_a_ledger_and_no_ledger_a_source() -> None:
    """Whoever adds a system relies on it: each talks to the canonical layer alone."""
    _kept("adapters")
    _kept("ports")


@pytest.mark.parametrize("contract", ["layers", "shell", "pure", "stages", "airflow", "packages"])
def test_arrows_point_one_way(contract: str) -> None:
    """Every reader relies on it: what a module may know can be read from the order of layers."""
    _kept(contract)
