"""`tieout diff`: two builds of the same month, explained."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.company.build import generate
from tests.flow.small_builds import build, changed_account, journal_of, two_pay_runs
from tieout import cli

Diff = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build (`a`), one with another mapping (`b`), one of one entity less (`less`)."""
    folder = tmp_path_factory.mktemp("builds")
    inputs = two_pay_runs(generate(2026), folder / "inputs")
    assert build(inputs, folder / "a") == 0
    config = changed_account(folder / "config", account="6020")
    assert build(inputs, folder / "b", config) == 0
    shutil.rmtree(inputs / "documents" / "de-datev")
    assert build(inputs, folder / "less") == 0
    return folder


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str]) -> Diff:
    """Run the command; answers exit code and figures."""

    def run(a: Path, b: Path) -> tuple[int, Any]:
        capsys.readouterr()
        code = cli.main(["diff", str(a), str(b), "--json"])
        told = capsys.readouterr()
        return code, json.loads(told.out) if told.out else told.err

    return run


def assert_explained(figures: Any) -> None:
    """Every change is the sum of its causes, and all causes together balance."""
    for journal in figures["journals"]:
        for change in journal["changes"]:
            parts = sum((Decimal(one["amount"]) for one in change["causes"]), Decimal(0))
            assert parts == Decimal(change["change"])
            assert parts == Decimal(change["b"]) - Decimal(change["a"])
        sums = [Decimal(sums[way]) for sums in journal["causes"].values()
                for way in ("added", "taken")]  # fmt: skip
        assert sum(sums, Decimal(0)) == 0


def test_equal_builds_are_equal(builds: Path, diff: Diff) -> None:
    """The auditor relies on it: no difference is made up."""
    code, figures = diff(builds / "a", builds / "a")
    assert (code, figures["equal"]) == (0, True)
    assert [one["changes"] for one in figures["journals"]] == [[], []]


def test_a_changed_mapping_is_told_as_mapping_only(builds: Path, diff: Diff) -> None:
    """The controller relies on it: pay did not change, its account did."""
    code, figures = diff(builds / "a", builds / "b")
    assert code == 2
    assert_explained(figures)
    (swedish,) = [one for one in figures["journals"] if not one["equal"]]
    assert swedish["entity"] == "SE01"
    assert set(swedish["causes"]) == {"mapping"}
    rule = "accounts:entity:SE01|se-sie|source_account|7210@1"
    assert swedish["rules"] == [{"which": rule, "how": "has other content"}]
    assert "6020" in {change["account"] for change in swedish["changes"]}


def test_two_files_give_what_their_folders_give(builds: Path, diff: Diff) -> None:
    """finance_ops relies on it: one journal can be asked for."""
    files = [journal_of(builds / name, "SE01") for name in ("a", "b")]
    code, figures = diff(*files)
    assert code == 2
    whole = diff(builds / "a", builds / "b")[1]["journals"]
    assert figures["journals"] == [one for one in whole if one["entity"] == "SE01"]


def test_an_entity_that_is_missing_is_told_as_its_documents_out(builds: Path, diff: Diff) -> None:
    """The controller relies on it: what one build lacks is named by its document."""
    code, figures = diff(builds / "a", builds / "less")
    assert code == 2
    assert_explained(figures)
    (german,) = [one for one in figures["journals"] if not one["equal"]]
    assert (german["entity"], german["b"]) == ("DE01", [])
    assert set(german["causes"]) == {"document_out"}
    names = {one["name"] for change in german["changes"] for one in change["causes"]}
    assert {name.split("/")[0] for name in names} == {"de-datev"}


def test_the_text_says_causes_and_accounts(
    builds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """finance_ops relies on it: readable without a tool for JSON."""
    assert cli.main(["diff", str(builds / "a"), str(builds / "b")]) == 2
    told = capsys.readouterr().out
    assert "DE01 payroll EUR" in told
    assert "same bytes" in told
    assert "mapping" in told
    assert told.endswith("they differ\n")


def test_what_can_not_be_compared_is_refused(builds: Path, tmp_path: Path, diff: Diff) -> None:
    """The controller relies on it: no explanation that the evidence does not carry."""
    swedish, german = (journal_of(builds / "a", entity) for entity in ("SE01", "DE01"))
    code, told = diff(swedish, german)
    assert code == 1
    assert "can't be compared" in told
    assert diff(swedish, tmp_path / "nothing")[0] == 1
    other = shutil.copytree(builds / "a", tmp_path / "other")
    (other / "lineage.csv").unlink()
    assert diff(builds / "a", other)[0] == 1
    # The lineage of another build does not sum to these lines.
    shutil.copyfile(builds / "b" / "lineage.csv", other / "lineage.csv")
    code, told = diff(builds / "a", other)
    assert code == 1
    assert "lineage does not sum" in told
    path = journal_of(other, "SE01")
    path.write_text(path.read_text().replace("SE01", "SE02"))
    assert diff(builds / "a", other)[0] == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("certificate.json", b'{"documents":[{}],"journals":[]}'),
        ("lineage.csv", b"external_id,line\nx,1\n"),
        ("lineage.csv", b"external_id,line,document,source_lines,amount\nx,one,d,1,1\n"),
        ("lineage.csv", b"external_id,line,document,source_lines,amount\nx,1,d,1-x,1\n"),
        ("journals/SE01-PAY-202610-A.json", b"{}"),
        ("journals/SE01-PAY-202610-A.json", b"[1]"),
        ("journals/SE01-PAY-202610-A.json", b"\xff"),
    ],
)
def test_a_broken_file_of_a_result_is_one_sentence(
    name: str, content: bytes, builds: Path, tmp_path: Path, diff: Diff
) -> None:
    """The controller relies on it: which file, and what to do; never half an explanation."""
    other = shutil.copytree(builds / "a", tmp_path / "other")
    (other / name).write_bytes(content)
    code, told = diff(builds / "a", other)
    assert code == 1
    assert "Next: " in told
    assert told.count("\n") == 1
