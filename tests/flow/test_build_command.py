"""`tieout build`: a month from a folder, the same to the byte, as the running system builds it."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sandbox.company.build import Company, generate
from tests.builders.inputs_folder import inputs_of, write_json, write_month, write_run
from tests.builders.office import Rehearsal
from tests.harness.sources import ROOT
from tieout import cli

SEED = 2026
CONFIG = ROOT / "include" / "config"
SWEDEN = "se-sie:SE01:SE_MANAD:2026-10:SE_MANAD-202610-01:1"


@pytest.fixture(scope="module")
def company() -> Company:
    """The generated month."""
    return generate(SEED)


@pytest.fixture(scope="module")
def inputs(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month as a folder of inputs, with the corrected file."""
    folder = tmp_path_factory.mktemp("month") / "inputs"
    write_month(company, folder)
    return folder


@pytest.fixture(scope="module")
def month(inputs: Path) -> Path:
    """The month as it was built."""
    out = inputs.parent / "out"
    assert build(inputs, out) == 2
    return out


def build(inputs: Path, out: Path, *more: str, config: Path = CONFIG) -> int:
    """Run the command in this process; answers its exit code."""
    stated = ("--inputs", inputs, "--config", config, "--out", out)
    return cli.main(["build", *map(str, stated), *more])


def only(inputs: Path, folder: Path, *providers: str) -> Path:
    """A copy of the inputs with the documents of some providers."""
    shutil.copytree(inputs, folder)
    for path in (folder / "documents").iterdir():
        if path.name not in providers:
            shutil.rmtree(path)
    return folder


def rows(out: Path, name: str) -> list[dict[str, str]]:
    """A table of the result."""
    with (out / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def certificate(out: Path) -> dict[str, Any]:
    """The certificate of the result."""
    content: dict[str, Any] = json.loads((out / "certificate.json").read_text(encoding="utf-8"))
    return content


def journals(out: Path) -> dict[str, dict[str, Any]]:
    """External id to the journal's content."""
    return {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((out / "journals").iterdir())
    }


def copy_into(path: Path, target: Path) -> None:
    """A copy of a file in a folder that may be new."""
    target.parent.mkdir(exist_ok=True)
    shutil.copyfile(path, target)


def contents(out: Path) -> dict[str, bytes]:
    """Every file of the result."""
    return {
        str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()
    }


def test_a_month_gives_balanced_journals_and_tells_what_waits(
    month: Path, company: Company
) -> None:
    """finance_ops relies on it: what the month's troubles hold is named, the rest is built."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(month, "journals"):
        sums[row["external_id"]] += Decimal(row["debit"]) - Decimal(row["credit"])
    assert set(sums.values()) == {Decimal(0)}
    assert set(sums) == journals(month).keys()
    # The cost center is closed and a pay run is held as a whole; expenses wait one by one.
    closed = company.troubles.closed_entity
    entities = {(one["entity"], one["kind"]) for one in journals(month).values()}
    every = {(code, kind) for code in company.plan.entities for kind in ("payroll", "expense")}
    assert entities == every - {(closed, "payroll")}
    waiting = {(one["entity"], one["code"]) for one in rows(month, "exceptions")}
    assert waiting == {
        (closed, "cost_center_closed"),
        (company.troubles.new_type_entity, "account_unmapped"),
    }


def test_a_journal_file_is_what_an_approval_binds_to(month: Path) -> None:
    """The controller relies on it: the file's SHA-256 is the content hash."""
    hashes = {one["external_id"]: one["content_hash"] for one in certificate(month)["journals"]}
    files = {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (month / "journals").iterdir()
    }
    assert hashes == files


def test_what_the_bureaus_state_is_what_came_in_and_every_line_ends_once(
    month: Path, company: Company
) -> None:
    """The auditor relies on it: in = built + held + excluded, from the provider's own totals."""
    documents = {
        one["provider"]: one
        for one in certificate(month)["documents"]
        if one["provider"] != "concur"
    }
    for file in company.files.values():
        stated, one = file.manifest, documents[file.provider]
        (came,) = one["currencies"].values()
        assert came["in"]["lines"] == stated["line_count"]
        assert Decimal(came["in"]["debit"]) == Decimal(stated["debit"])
        assert Decimal(came["in"]["credit"]) == Decimal(stated["credit"])
    for one in certificate(month)["documents"]:
        assert (one["equal"], one["as_stated"], one["failures"]) == (True, True, [])
        for ended in one["currencies"].values():
            for figure in ("lines", "debit", "credit"):
                parts = [Decimal(ended[state][figure]) for state in ended if state != "in"]
                assert sum(parts) == Decimal(ended["in"][figure])


def test_each_journal_line_is_the_sum_of_its_source_lines(month: Path) -> None:
    """The auditor relies on it: from a line of the ledger back to the lines of the source."""
    behind: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for link in rows(month, "lineage"):
        behind[link["external_id"], link["line"]] += Decimal(link["amount"])
    assert behind == {
        (row["external_id"], row["line"]): Decimal(row["debit"]) - Decimal(row["credit"])
        for row in rows(month, "journals")
    }


@pytest.mark.promise("S27")
def test_order_of_arrival_zone_locale_and_workers_change_no_byte(
    inputs: Path, month: Path, tmp_path: Path
) -> None:
    """The auditor relies on it: built again elsewhere, the month has the same bytes."""
    shuffled = tmp_path / "shuffled"
    for path in sorted(
        inputs.rglob("*"), key=lambda path: hashlib.sha256(path.name.encode()).digest()
    ):
        target = shuffled / path.relative_to(inputs)
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    out = tmp_path / "out"
    command = [
        *(sys.executable, "-m", "tieout.cli", "build", "--workers", "2", "--json"),
        *("--inputs", str(shuffled), "--config", str(CONFIG), "--out", str(out)),
    ]
    elsewhere = os.environ | {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    done = subprocess.run(command, env=elsewhere, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert contents(out) == contents(month)
    printed = json.loads(done.stdout)
    assert printed["peak_memory_mb"] > 0
    assert {"extract", "validate", "reconcile", "route", "build"} < printed["seconds"].keys()
    assert {one["content_hash"] for one in printed["journals"]} == {
        one["content_hash"] for one in certificate(month)["journals"]
    }


def test_it_needs_no_airflow_and_no_store(inputs: Path, tmp_path: Path) -> None:
    """Whoever tries rules at a desk relies on it: no scheduler is loaded, nothing is connected."""
    folder = only(inputs, tmp_path / "inputs", "se-sie")
    write_run(folder, handed_over={"SE01": "999999999.00"})
    code = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('connected')\n"
        "socket.socket.connect = refuse\n"
        "from tieout import cli\n"
        "code = cli.main(sys.argv[1:])\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'airflow']\n"
        "sys.exit(code)\n"
    )
    stated = ("--inputs", folder, "--config", CONFIG, "--out", tmp_path / "out")
    command = [sys.executable, "-c", code, "build", *map(str, stated)]
    bare = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    done = subprocess.run(command, env=bare, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_changed_rule_changes_its_journals_only_and_they_name_it(
    inputs: Path, tmp_path: Path
) -> None:
    """The auditor relies on it: a difference between two builds leads to the row that made it."""
    folder = only(inputs, tmp_path / "inputs", "se-sie", "de-datev")
    write_run(folder, handed_over={"SE01": "999999999.00", "DE01": "999999999.00"})
    config = tmp_path / "config"
    shutil.copytree(CONFIG, config)
    accounts = config / "mappings" / "accounts.csv"
    row = next(
        line.split(",")
        for line in accounts.read_text(encoding="utf-8").splitlines()
        if line.startswith("entity:SE01,se-sie,source_account,7210,")
    )
    row[5], row[-1] = "6020", "2026-10-15"
    assert build(folder, tmp_path / "out", config=config) == 0
    with accounts.open("a", encoding="utf-8") as stream:
        stream.write(",".join(row) + "\n")
    assert build(folder, tmp_path / "other", config=config) == 0
    before, after = journals(tmp_path / "out"), journals(tmp_path / "other")
    assert before.keys() == after.keys()
    (changed,) = [key for key in after if after[key] != before[key]]
    assert after[changed]["entity"] == "SE01"
    named = [
        {name for kind, name in one[changed]["inputs"] if kind == "rule"} for one in (before, after)
    ]
    rule = "accounts:entity:SE01|se-sie|source_account|7210"
    assert (named[0] - named[1], named[1] - named[0]) == ({f"{rule}@1"}, {f"{rule}@2"})
    versions = [certificate(tmp_path / name)["mapping_version"] for name in ("out", "other")]
    assert versions[0] != versions[1]


def test_a_cut_file_is_held_and_a_file_that_comes_twice_counts_once(
    company: Company, tmp_path: Path
) -> None:
    """finance_ops relies on it: the deliveries as they came, told and not doubled."""
    write_month(company, tmp_path / "inputs", whole=False)
    for path in (tmp_path / "inputs" / "documents").iterdir():
        if path.name == "concur":
            shutil.rmtree(path)
    out = tmp_path / "out"
    assert build(tmp_path / "inputs", out) == 2
    cut = {row["entity"] for row in rows(out, "exceptions")
           if row["code"] == "control_total_mismatch"}  # fmt: skip
    assert cut == {company.troubles.mismatch_entity}
    (duplicate,) = certificate(out)["duplicates"]
    names = company.trouble_list()["duplicate_file"]["names"]
    assert [duplicate["equal_to"], duplicate["name"]] == names
    read = [one["unit"].split(":")[1] for one in certificate(out)["documents"]]
    assert read.count(company.troubles.duplicate_entity) == 1
    assert certificate(out)["equal"]


def test_a_pay_run_repays_no_more_than_was_handed_over(inputs: Path, tmp_path: Path) -> None:
    """The controller relies on it: without the expenses behind it, a refund is not booked."""
    folder = only(inputs, tmp_path / "inputs", "se-sie")
    assert build(folder, tmp_path / "held") == 2
    (waiting,) = rows(tmp_path / "held", "exceptions")
    assert (waiting["code"], waiting["entity"]) == ("clearing_unexplained", "SE01")
    amount, currency = waiting["cause"].split()
    assert currency == "SEK"
    write_run(folder, handed_over={"SE01": str(Decimal(amount) - Decimal("0.01"))})
    assert build(folder, tmp_path / "less") == 2
    assert rows(tmp_path / "less", "exceptions")[0]["cause"] == "0.01 SEK"
    write_run(folder, handed_over={"SE01": amount})
    assert build(folder, tmp_path / "built") == 0
    assert rows(tmp_path / "built", "exceptions") == []


def test_documents_of_another_period_are_counted_and_left_alone(
    inputs: Path, tmp_path: Path
) -> None:
    """finance_ops relies on it: what waits for its own month is in the certificate, not lost."""
    folder = only(inputs, tmp_path / "inputs", "se-sie", "concur")
    write_run(folder, period="2026-09")
    assert build(folder, tmp_path / "out") == 0
    assert journals(tmp_path / "out") == {}
    ended = {(row["state"], row["reason"]) for row in rows(tmp_path / "out", "dispositions")}
    assert ended == {("carried_over", "rule:period_2026-10")}
    assert certificate(tmp_path / "out")["totals"]["SEK"]["in"]["lines"] > 235


def test_a_report_under_a_second_document_is_held_and_booked_once(
    inputs: Path, tmp_path: Path
) -> None:
    """The controller relies on it: a person decides, an expense is never booked twice."""
    folder = only(inputs, tmp_path / "inputs", "concur")
    first = min((folder / "documents" / "concur").iterdir())
    content = first.read_text(encoding="utf-8")
    again = first.with_name("again.json")
    again.write_text(content.replace('{"id":"', '{"id":"f', 1), encoding="utf-8")
    assert build(folder, tmp_path / "out") == 2
    ours = [row for row in rows(tmp_path / "out", "dispositions")
            if row["name"] in {first.name, again.name}]  # fmt: skip
    assert len([row for row in ours if row["reason"].startswith("report_revised|")]) == 1
    told = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    assert [one["code"] for one in told if one["severity"] == "critical"] == ["report_revised"]


def test_an_unreadable_document_is_told_and_the_rest_is_built(inputs: Path, tmp_path: Path) -> None:
    """finance_ops relies on it: one bad file stops nobody else's."""
    folder = only(inputs, tmp_path / "inputs", "se-sie", "de-datev")
    write_run(folder, handed_over={"SE01": "999999999.00", "DE01": "999999999.00"})
    path = next((folder / "documents" / "de-datev").glob("*.csv"))
    path.write_bytes(b"\xff\xfe\x00not a file of the bureau")
    assert build(folder, tmp_path / "out") == 2
    assert certificate(tmp_path / "out")["unread"] == [f"de-datev/{path.name}"]
    (told,) = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    assert (told["code"], told["where"]["document"]) == ("document_unreadable", path.name)
    assert [one["entity"] for one in journals(tmp_path / "out").values()] == ["SE01"]


def test_nobodys_pay_stands_on_the_terminal(
    inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every employee relies on it: the summary shows counts and sums of whole journals."""
    folder = only(inputs, tmp_path / "inputs", "jp-delimited")
    lines = next((folder / "documents" / "jp-delimited").glob("*.csv")).read_bytes()
    table = list(csv.DictReader(lines.decode("cp932").splitlines()))
    personal = {row["社員番号"] for row in table} | {
        row["金額"] for row in table if len(row["金額"]) > 4
    }
    build(folder, tmp_path / "out", "--json")
    printed = capsys.readouterr()
    words = set(printed.out.replace('"', " ").replace(",", " ").split()) | set(printed.err.split())
    assert not personal & words


Spoil = Callable[[Path], Any]

#: What is done to a sound folder, and what the sentence then says.
UNUSABLE: Mapping[str, tuple[Spoil, str]] = {
    "no run.yaml": (lambda f: (f / "run.yaml").unlink(), "run.yaml can't be read"),
    "no zone": (lambda f: write_run(f, known_at="2026-11-02T06:00:00"), "with its zone"),
    "no period": (lambda f: write_run(f, period="October"), "'October' is not a period"),
    "a strange word": (lambda f: write_run(f, periode="2026-10"), "run.yaml: periode"),
    "a float": (lambda f: write_run(f, handed_over={"SE01": 12.5}), "in quotes"),
    "a strange entity": (lambda f: write_run(f, handed_over={"FR01": "1"}), "no entity 'FR01'"),
    "too many decimals": (
        lambda f: write_run(f, handed_over={"JP01": "1.5"}),
        "handed_over of JP01",
    ),
    "a strange provider": (
        lambda f: (f / "documents" / "se-sie").rename(f / "documents" / "no-visma"),
        "no-visma is no provider",
    ),
    "a provider of people": (
        lambda f: (f / "documents" / "se-sie").rename(f / "documents" / "workday-hr"),
        "states neither pay nor expenses",
    ),
    "no reference": (
        lambda f: (f / "reference" / "projects.csv").unlink(),
        "projects.csv can't be read",
    ),
    "no column": (
        lambda f: (f / "reference" / "accounts.csv").write_text("number,active\n1,yes\n"),
        "accounts.csv lacks the column code",
    ),
    "a strange word in a list": (
        lambda f: (f / "reference" / "accounts.csv").write_text("code,active\n1,perhaps\n"),
        "accounts.csv, line 2: active 'perhaps'",
    ),
    "a code twice": (
        lambda f: (f / "reference" / "accounts.csv").write_text("code,active\n1,yes\n1,no\n"),
        "accounts.csv, line 3: 1 stands twice",
    ),
    "no documents": (lambda f: shutil.rmtree(f / "documents"), "There is no folder"),
    "a manifest alone": (
        lambda f: write_json(f / "documents" / "se-sie" / "b.si.manifest.json", {}),
        "b.si.manifest.json lies without its document",
    ),
    "another kind's companion": (
        lambda f: shutil.copytree(f / "documents" / "se-sie", f / "documents" / "workday-us"),
        "says nothing of a document of workday-us",
    ),
    "a report without its control row": (
        lambda f: copy_into(f / "run.yaml", f / "documents" / "workday-us" / "run.json"),
        "run.json has no control row",
    ),
}


@pytest.mark.parametrize("spoil", UNUSABLE)
def test_unusable_inputs_are_one_sentence_and_leave_nothing_behind(
    spoil: str, inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever prepares a folder relies on it: what is wrong, where, and the cure."""
    folder = only(inputs, tmp_path / "inputs", "se-sie")
    break_it, said = UNUSABLE[spoil]
    break_it(folder)
    assert build(folder, tmp_path / "out") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert "Next: " in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["inputs"]


def test_two_files_of_one_run_are_refused_and_neither_is_guessed(
    inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """finance_ops relies on it: a folder does not say which file came last."""
    folder = only(inputs, tmp_path / "inputs", "se-sie")
    path = next((folder / "documents" / "se-sie").glob("*.si"))
    manifest = path.with_name(f"{path.name}.manifest.json")
    other = path.with_name(path.name.replace(".si", "_b.si"))
    other.write_bytes(path.read_bytes().rstrip() + b"\r\n\r\n")
    shutil.copy(manifest, other.with_name(f"{other.name}.manifest.json"))
    assert build(folder, tmp_path / "out") == 1
    err = capsys.readouterr().err
    assert f"{path.name} and {other.name} are both the run {SWEDEN}" in err


def test_a_result_is_replaced_only_when_told_so(
    inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever keeps results relies on it: nothing is overwritten by mistake, or mixed."""
    folder = only(inputs, tmp_path / "inputs", "se-sie")
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("kept")
    assert build(folder, out) == 1
    assert f"{out} is not empty" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    assert build(folder, out, "--force") == 2
    assert not (out / "mine.txt").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inputs", "out"]
    assert build(folder, folder / "out") == 1
    assert "lie in one another" in capsys.readouterr().err


@pytest.mark.promise("S21", "S76")
def test_the_running_system_builds_the_same_journals(built: Rehearsal, tmp_path: Path) -> None:
    """The auditor relies on it: files instead of APIs, no store, no ERP; the same hashes."""
    inputs = inputs_of(built, tmp_path / "inputs")
    assert build(inputs, tmp_path / "out") == 2
    stored = built.rows("SELECT external_id, content_hash, content FROM journal ORDER BY 1")
    ours = certificate(tmp_path / "out")["journals"]
    assert [(one["external_id"], one["content_hash"]) for one in ours] == [
        (row["external_id"], row["content_hash"]) for row in stored
    ]
    assert len(ours) > 5
    ended = {
        (row["document"], row["state"], row["external_id"], int(row["lines"]))
        for row in rows(tmp_path / "out", "dispositions")
    }
    assert ended == {
        (row["document"], row["state"], row["external_id"] or "", row["lines"])
        for row in built.rows(
            "SELECT document, state, external_id, sum(line_count)::int AS lines"
            " FROM disposition GROUP BY document, state, reason, external_id"
        )
    }
