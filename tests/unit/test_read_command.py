"""`tieout read`: one file's canonical summary, and an exit code that scripts rely on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tieout import cli_read

BALANCED = (
    b'#FLAGGA 0\n#FORMAT PC8\n#SIETYP 4\n#VER "L" "1" 20261023 "x"\n{\n'
    b"#TRANS 7210 {} 100.00\n#TRANS 2821 {} -100.00\n}\n"
)


def printed(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, dict[str, Any], str]:
    """Exit code, JSON and standard error of one run."""
    code = cli_read.run([*argv, "--json"])
    out, err = capsys.readouterr()
    return code, json.loads(out), err


def test_a_sound_file_answers_zero_with_its_sums(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Scripts rely on these names and on amounts as decimal text."""
    path = tmp_path / "lon.si"
    path.write_bytes(BALANCED)
    code, summary, err = printed(capsys, str(path))
    assert code == 0
    assert err == ""
    wanted = {"format", "encoding", "vouchers", "records", "lines", "debit", "credit"}
    assert wanted | {"accounts", "unbalanced", "findings"} <= summary.keys()
    assert (summary["debit"], summary["credit"]) == ("100.00", "100.00")
    assert (summary["vouchers"], summary["records"], summary["lines"]) == (1, 2, 2)
    assert summary["accounts"] == {
        "2821": {"debit": "0.00", "credit": "100.00"},
        "7210": {"debit": "100.00", "credit": "0.00"},
    }
    assert summary["unbalanced"] == []


def test_a_file_with_blocking_findings_answers_two_and_tells_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """finance_ops relies on it: where, what it blocks, what to do."""
    path = tmp_path / "lon.si"
    path.write_bytes(BALANCED.replace(b"-100.00", b"-99.00"))
    code, summary, _ = printed(capsys, str(path))
    assert code == 2
    (unbalanced,) = summary["unbalanced"]
    assert (unbalanced["line"], unbalanced["sum"]) == (6, "1.00")
    (finding,) = summary["findings"]
    assert finding["code"] == "journal_unbalanced"
    assert finding["severity"] == "critical"
    assert finding["place"] == "lon.si, line 4, field #VER"
    assert finding["blocks"] == "run"
    assert finding["next_step"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.csv", b"", "empty"),
        ("page.csv", b"<!DOCTYPE html><html></html>", "web page"),
        ("notes.txt", b"nothing of use\n", "not recognised"),
    ],
)
def test_an_unreadable_file_answers_one_with_the_reason(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
    content: bytes,
    reason: str,
) -> None:
    """The reason stands in the JSON and, as a sentence, on standard error."""
    path = tmp_path / name
    path.write_bytes(content)
    code, refused, err = printed(capsys, str(path))
    assert code == 1
    assert reason in refused["reason"]
    assert reason in err
    assert refused["findings"][0]["code"] == "document_unreadable"


def test_a_missing_file_or_profile_is_a_sentence_no_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A typing mistake is answered like any other trouble."""
    code, refused, _ = printed(capsys, str(tmp_path / "none.si"))
    assert (code, "can't be opened" in refused["reason"]) == (1, True)
    path = tmp_path / "lon.si"
    path.write_bytes(BALANCED)
    code, refused, _ = printed(capsys, str(path), "--profile", "nobody")
    assert (code, "nobody" in refused["reason"]) == (1, True)


def test_a_profile_is_named_by_provider_or_by_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The configured provider decides entity and strictness."""
    path = tmp_path / "lon.si"
    path.write_bytes(BALANCED)
    profile = tmp_path / "own.yaml"
    profile.write_text('{kind: sie, entities: {"5555555555": SE01}}', encoding="utf-8")
    code, summary, _ = printed(capsys, str(path), "--profile", str(profile))
    assert (code, summary["findings"][0]["where"]["field"]) == (2, "#ORGNR")
    code, summary, _ = printed(capsys, str(path), "--profile", "se-sie")
    assert (code, summary["findings"][0]["where"]["field"]) == (2, "#ORGNR")


def test_people_get_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json the same figures stand in columns."""
    path = tmp_path / "lon.si"
    path.write_bytes(BALANCED)
    assert cli_read.run([str(path)]) == 0
    out = capsys.readouterr().out
    assert "SIE 4" in out
    assert "total" in out
    assert "100.00" in out


def test_reading_a_file_loads_no_scheduler() -> None:
    """The command answers at once: Airflow, pandas and the database stay unloaded."""
    heavy = "{'airflow', 'pandas', 'pandera', 'great_expectations', 'sqlalchemy', 'httpx'}"
    program = (
        "import sys, tieout.cli_read as c; [c.reader_of(k) for k in c.READERS]; "
        f"print(sorted({heavy} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
