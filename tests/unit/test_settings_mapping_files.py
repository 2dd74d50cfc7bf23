"""Finance's CSV files: every row with its key and validity, or refused with file and line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tieout.errors import ConfigurationError
from tieout.finance.mapping_checks import complaints
from tieout.finance.mapping_tables import TABLES
from tieout.finance.mappings import MappingRow
from tieout.settings.mapping_files import FILES, SINCE_EVER, read_mapping_files

CONFIG = Path(__file__).resolve().parents[2] / "include" / "config"


def written(folder: Path, text: str, *, encoding: str = "utf-8") -> Path:
    """A configuration with one file of projects."""
    path = folder / FILES["projects"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding=encoding)
    return folder


def test_the_companys_own_files_have_no_conflict() -> None:
    """Every table is stated; no key stands twice with one validity."""
    stated = read_mapping_files(CONFIG)
    assert set(FILES) == set(TABLES)
    rows = [
        MappingRow(row.table, 1, row.valid_from, row.content, valid_to=row.valid_to)
        for row in stated
    ]
    assert complaints(rows) == []
    assert {"accounts", "cost_centers", "routing", "posting", "windows"} <= {
        row.table for row in stated
    }


def test_codes_keep_their_leading_zeros_and_lose_only_blanks(tmp_path: Path) -> None:
    """They are text: 0799 is not 799."""
    folder = written(tmp_path, "provider,entity,source_code,project\nconcur,DE01, 0799 ,P-0799\n")
    (row,) = read_mapping_files(folder)
    assert row.content["source_code"] == "0799"
    assert row.key == "concur|DE01|0799"
    assert row.valid_from == SINCE_EVER


def test_a_spreadsheets_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    """Excel writes one."""
    text = "provider,entity,source_code,project,valid_from\nconcur,DE01,P1,P-1,2026-10-01\n"
    (row,) = read_mapping_files(written(tmp_path, text, encoding="utf-8-sig"))
    assert row.content["provider"] == "concur"
    assert row.valid_from == date(2026, 10, 1)


def test_one_key_may_have_two_validities_but_not_one_twice(tmp_path: Path) -> None:
    """The line of both rows is told."""
    header = "provider,entity,source_code,project,valid_from\n"
    first, later = "concur,DE01,P1,P-1,2026-01-01\n", "concur,DE01,P1,P-2,2026-10-01\n"
    assert len(read_mapping_files(written(tmp_path, header + first + later))) == 2
    with pytest.raises(ConfigurationError) as caught:
        read_mapping_files(written(tmp_path, header + first + later + first))
    assert caught.value.message.startswith("projects.csv, line 4: it repeats line 2")
    assert caught.value.where.line == 4


def test_a_missing_key_column_is_named(tmp_path: Path) -> None:
    """A renamed header must not turn every code into an empty one."""
    with pytest.raises(ConfigurationError) as caught:
        read_mapping_files(written(tmp_path, "provider,entity,code,project\nconcur,DE01,P1,P-1\n"))
    assert caught.value.where.field == "source_code"


@pytest.mark.parametrize("stated", ["01.10.2026", "2026-13-01", "soon"])
def test_a_validity_that_is_no_day_is_named_with_its_line(tmp_path: Path, stated: str) -> None:
    """ISO 8601 only."""
    text = f"provider,entity,source_code,project,valid_from\nconcur,DE01,P1,P-1,{stated}\n"
    with pytest.raises(ConfigurationError) as caught:
        read_mapping_files(written(tmp_path, text))
    assert (caught.value.where.line, caught.value.where.field) == (2, "valid_from")
    assert stated in caught.value.message


def test_a_table_that_is_not_stated_is_empty(tmp_path: Path) -> None:
    """Its rows may come from the cockpit."""
    assert read_mapping_files(tmp_path) == []
