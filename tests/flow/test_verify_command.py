"""`tieout verify`: the same bytes again, or the rule, the document and the line that differ."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.company.build import generate
from tests.builders.inputs_folder import write_run
from tests.flow.small_builds import CONFIG, build, changed_account, journal_of, two_pay_runs
from tieout import cli

RULE = "accounts:entity:SE01|se-sie|source_account|7210@1"
Verify = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Inputs and their build, side by side."""
    folder = tmp_path_factory.mktemp("kept")
    two_pay_runs(generate(2026), folder / "inputs")
    assert build(folder / "inputs", folder / "out") == 0
    return folder


@pytest.fixture
def kept(base: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return shutil.copytree(base, tmp_path / "kept")


@pytest.fixture
def verify(kept: Path, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Run the command on the copy; answers exit code and figures."""

    def run(*more: str, config: Path = CONFIG) -> tuple[int, Any]:
        stated = ("--out", kept / "out", "--inputs", kept / "inputs", "--config", config)
        capsys.readouterr()
        code = cli.main(["verify", *map(str, stated), "--json", *more])
        told = capsys.readouterr()
        return code, json.loads(told.out) if told.out else told.err

    return run


def reasons(figures: Any) -> list[tuple[str, str, str]]:
    """Every reason of every journal."""
    return [
        (one["what"], one["which"], one["how"])
        for journal in figures["journals"]
        for one in journal["reasons"]
    ]


def test_what_nobody_touched_has_the_same_bytes(verify: Verify) -> None:
    """The auditor relies on it: a journal can be built again from what was kept."""
    code, figures = verify()
    assert code == 0
    assert figures["same"]
    assert [one["state"] for one in figures["journals"]] == ["same", "same"]


def test_a_row_that_was_changed_in_its_place_is_named_with_the_lines(
    verify: Verify, kept: Path, tmp_path: Path
) -> None:
    """The auditor relies on it: one changed mapping row, and the difference names it."""
    changed = changed_account(tmp_path / "config", account="6020")
    code, figures = verify(config=changed)
    assert code == 2
    assert reasons(figures) == [("rule", RULE, "has other content")]
    state = {one["external_id"][:4]: one["state"] for one in figures["journals"]}
    assert state == {"SE01": "different", "DE01": "same"}
    touched = {line["account"] for one in figures["journals"] for line in one["lines"]}
    assert "6020" in touched
    # The journal that the row does not touch is the same, also when asked for alone.
    german = journal_of(kept / "out", "DE01")
    assert verify(german.stem, config=changed)[0] == 0
    assert verify(str(german), config=changed)[0] == 0


def test_a_build_that_kept_no_rules_still_names_versions(
    verify: Verify, kept: Path, tmp_path: Path
) -> None:
    """The auditor relies on it: results of an earlier program can be verified too."""
    (kept / "out" / "rules.csv").unlink()
    code, figures = verify(config=changed_account(tmp_path / "config", account="6020"))
    assert code == 2
    assert {journal["state"] for journal in figures["journals"]} == {"different", "same"}


def test_a_journal_that_was_altered_is_told_with_its_line(verify: Verify, kept: Path) -> None:
    """The controller relies on it: nobody edits a journal unseen."""
    path = journal_of(kept / "out", "DE01")
    content = json.loads(path.read_text(encoding="utf-8"))
    content["lines"][0]["amount_minor"] += 1
    path.write_text(json.dumps(content, sort_keys=True, separators=(",", ":")), encoding="utf-8")
    code, figures = verify(path.stem)
    assert code == 2
    assert reasons(figures) == [("file", path.stem, "was altered after it was written")]
    (line,) = figures["journals"][0]["lines"]
    assert line["lines_before"] == [content["lines"][0]["number"]]
    path.write_bytes(b"\xff not a journal")
    code, figures = verify(path.stem)
    assert code == 2
    assert ("file", path.stem, "can't be read as a journal") in reasons(figures)


def test_a_document_with_other_bytes_and_one_that_is_gone_are_named(
    verify: Verify, kept: Path
) -> None:
    """finance_ops relies on it: which delivery a difference comes from."""
    swedish = next((kept / "inputs" / "documents" / "se-sie").glob("*.si"))
    swedish.write_bytes(swedish.read_bytes().rstrip() + b"\r\n\r\n")
    german = next((kept / "inputs" / "documents" / "de-datev").glob("*.csv"))
    shutil.rmtree(german.parent)
    code, figures = verify()
    assert code == 2
    assert set(reasons(figures)) == {
        ("document", f"se-sie/{swedish.name}", "has other content"),
        # The bureau's manifest states the bytes that it sent.
        ("held", f"control_total_mismatch {swedish.name}", "holds lines now"),
        ("document", f"de-datev/{german.name}", "is not among the inputs any more"),
    }
    assert {one["state"] for one in figures["journals"]} == {"not_built"}


def test_what_holds_the_lines_now_is_named(verify: Verify, kept: Path) -> None:
    """finance_ops relies on it: a journal that is not built any more says what it waits for."""
    write_run(kept / "inputs", handed_over={"SE01": "0.00", "DE01": "999999999.00"})
    code, figures = verify()
    assert code == 2
    ((what, which, how),) = reasons(figures)
    assert (what, how) == ("held", "holds lines now")
    assert which.startswith("clearing_unexplained ")


def test_a_journal_that_only_one_build_has_is_told(verify: Verify, kept: Path) -> None:
    """The auditor relies on it: a deleted file does not pass as the same."""
    path = journal_of(kept / "out", "DE01")
    path.unlink()
    code, figures = verify()
    assert code == 2
    states = {one["external_id"]: one["state"] for one in figures["journals"]}
    assert states[path.stem] == "not_kept"


def test_no_amount_stands_on_the_terminal(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every employee relies on it: a line may be one person's pay."""
    stated = ("--out", kept / "out", "--inputs", kept / "inputs")
    config = changed_account(tmp_path / "config", account="6020")
    capsys.readouterr()
    assert cli.main(["verify", *map(str, stated), "--config", str(config)]) == 2
    told = capsys.readouterr().out
    assert f"rule {RULE}: has other content" in told
    assert "same bytes" in told
    amounts = {
        str(abs(line["amount_minor"]))
        for line in json.loads(journal_of(kept / "out", "SE01").read_text())["lines"]
    }
    assert not {one for one in amounts if one in told.replace(".", "")}


@pytest.mark.parametrize("missing", ["journals", "certificate.json", "exceptions.csv"])
def test_a_folder_that_no_build_wrote_is_refused(missing: str, verify: Verify, kept: Path) -> None:
    """Whoever verifies relies on it: nothing passes because there was nothing to compare."""
    path = kept / "out" / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    code, told = verify()
    assert code == 1
    assert "Next: " in told
    assert told.count("\n") == 1


def test_an_unknown_journal_is_refused(verify: Verify) -> None:
    """Whoever verifies relies on it: a wrong id does not pass as the same."""
    code, told = verify("SE01-PAY-202610-AAAAAAAAAAAAAAAA")
    assert code == 1
    assert "No journal SE01-PAY-202610-AAAAAAAAAAAAAAAA was built" in told


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("certificate.json", b"[]"),
        ("certificate.json", b'{"documents":[{}],"journals":[]}'),
        ("certificate.json", b'{"documents":[],"journals":[1]}'),
        ("exceptions.csv", b"\xff"),
        ("exceptions.csv", b'entity,code\nSE01,"'),
        ("exceptions.csv", b"entity,code\nSE01,late\n"),
        ("rules.csv", b"rule\nx\n"),
    ],
)
def test_a_broken_file_of_the_result_is_one_sentence(
    name: str, content: bytes, verify: Verify, kept: Path
) -> None:
    """Whoever verifies relies on it: which file, and what to do."""
    (kept / "out" / name).write_bytes(content)
    code, told = verify()
    assert code == 1
    assert "Next: " in told
    assert told.count("\n") == 1
