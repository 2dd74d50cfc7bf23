"""Builds of a few documents of the generated month, for the commands that compare builds."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from sandbox.company.build import Company
from tests.builders.inputs_folder import write_month, write_run
from tests.harness.sources import ROOT
from tieout import cli

CONFIG = ROOT / "include" / "config"
#: More than any pay run repays.
ENOUGH = {"SE01": "999999999.00", "DE01": "999999999.00"}


def two_pay_runs(company: Company, folder: Path) -> Path:
    """Inputs of a Swedish and a German pay run; nothing of them waits."""
    write_month(company, folder)
    for path in (folder / "documents").iterdir():
        if path.name not in {"se-sie", "de-datev"}:
            shutil.rmtree(path)
    write_run(folder, handed_over=ENOUGH)
    return folder


def build(inputs: Path, out: Path, config: Path = CONFIG) -> int:
    """`tieout build`; answers its exit code."""
    stated = ("--inputs", inputs, "--config", config, "--out", out)
    return cli.main(["build", *map(str, stated)])


def changed_account(config: Path, *, account: str) -> Path:
    """A copy of the configuration where a Swedish source account maps to another account."""
    shutil.copytree(CONFIG, config)
    path = config / "mappings" / "accounts.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    for row in rows:
        if row[:4] == ["entity:SE01", "se-sie", "source_account", "7210"]:
            row[rows[0].index("debit_account")] = account
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return config


def journal_of(out: Path, entity: str) -> Path:
    """The file of an entity's only journal."""
    (path,) = (out / "journals").glob(f"{entity}-*.json")
    return path
