"""Rules read from files alone: the versions a first import would give them."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.harness.sources import ROOT
from tieout.finance.mappings import MappingSet
from tieout.settings.company_files import load_company
from tieout.settings.mapping_files import read_mapping_files
from tieout.workflows.unit_rules import mappings_of_files

CONFIG = ROOT / "include" / "config"


def mappings(config: Path) -> MappingSet:
    """The mappings of a folder."""
    return mappings_of_files(read_mapping_files(config), load_company(config, "tieout"))


def test_a_row_is_version_1_and_a_second_validity_of_its_key_version_2(tmp_path: Path) -> None:
    """The auditor relies on it: a journal names the same rule versions with and without a store."""
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    assert {row.version for row in mappings(config).rows} == {1}
    with (config / "mappings" / "projects.csv").open("a", encoding="utf-8") as stream:
        stream.write("concur,DE01,P1001,P-1002,2026-10-01\n")
    changed = {row.name for row in mappings(config).rows} - {
        row.name for row in mappings(CONFIG).rows
    }
    assert changed == {"projects:concur|DE01|P1001@2"}


def test_the_version_of_the_set_follows_every_cell(tmp_path: Path) -> None:
    """The auditor relies on it: two builds with one version used the same rules."""
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    assert mappings(config).version == mappings(CONFIG).version
    path = config / "policies" / "posting.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",run,", ",atom,"), encoding="utf-8")
    assert mappings(config).version != mappings(CONFIG).version
