"""`tieout build` on an expense platform's CSV extracts: the same journals as from its documents.

The oracle is the month itself: each report that the platform hands over as a document is written
as rows of an extract, one file per company and reimbursement currency.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.builders.inputs_folder import month_of
from tests.flow.test_build_command import CONFIG, build, certificate, only, rows
from tieout.adapters.concur.profile import profile_of
from tieout.adapters.concur.reading import read_report
from tieout.contracts.columns import EXPENSE_LINE
from tieout.finance.documents import DocumentRef, SourceDocument
from tieout.settings.inputs_folder import read_inputs

#: The extract writes the canonical words, so the profile needs no codes.
PROFILE: dict[str, Any] = {
    "provider": "concur",
    "kind": "delimited",
    "version": "1",
    "connection": "expense_drop",
    "owner": "finance",
    "status": "live",
    "frame": "expense_line",
    "container": {"encoding": "utf-8", "eol": "lf"},
    "columns": {name: name for name in EXPENSE_LINE},
    "period": {"period": "column:period"},
    "identity": {"dedupe_key": ["document_ref", "entry_ref", "allocation_ref", "part", "amount",
                                "tax_code", "payee"]},
}  # fmt: skip


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The month's inputs with the platform's documents alone."""
    whole = month_of(2026, tmp_path_factory.mktemp("month") / "inputs")
    return only(whole, whole.parent / "documents", "concur")


def write_extracts(documents: Path, folder: Path) -> list[Path]:
    """The same inputs with one extract per company and currency in the documents' place."""
    run = read_inputs(documents).run
    knobs = yaml.safe_load((CONFIG / "providers" / "concur.yaml").read_text(encoding="utf-8"))
    found: dict[tuple[str, str, str], list[Sequence[Any]]] = {}
    for path in sorted((documents / "documents" / "concur").iterdir()):
        content = path.read_bytes()
        ref = DocumentRef("concur", path.name, path.name)
        document = SourceDocument.of(ref, content, "application/json", run.known_at)
        reading = read_report(profile_of(knobs), document, content)
        for row in reading.frames["expense_line"].select(EXPENSE_LINE).iter_rows(named=True):
            key = (row["entity"], row["currency"], reading.facts.period)
            found.setdefault(key, []).append([*row.values(), reading.facts.period])
    shutil.copytree(documents, folder)
    shutil.rmtree(folder / "documents" / "concur")
    (folder / "documents" / "concur").mkdir()
    written = []
    for (entity, currency, period), lines in sorted(found.items()):
        path = folder / "documents" / "concur" / f"{entity}-{currency}-{period}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow([*EXPENSE_LINE, "period"])
            writer.writerows(lines)
        written.append(path)
    return written


def write_manifest(path: Path, entity: str, currency: str) -> None:
    """What the platform states of its extract."""
    with path.open(encoding="utf-8", newline="") as stream:
        amounts = [Decimal(row["amount"]) for row in csv.DictReader(stream)]
    stated = {
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "provider": "concur",
        "entity": entity,
        "pay_group": "",
        "period": "2026-10",
        "run_id": path.stem,
        "currency": currency,
        "line_count": len(amounts),
        "debit": str(sum((one for one in amounts if one > 0), Decimal(0))),
        "credit": str(-sum((one for one in amounts if one < 0), Decimal(0))),
    }
    beside = path.with_name(f"{path.name}.manifest.json")
    beside.write_text(json.dumps(stated), encoding="utf-8")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's configuration with a delimited expense provider in the platform's place."""
    folder = tmp_path_factory.mktemp("extract") / "config"
    shutil.copytree(CONFIG, folder)
    text = yaml.safe_dump(PROFILE, allow_unicode=True)
    (folder / "providers" / "concur.yaml").write_text(text, encoding="utf-8")
    return folder


def test_extracts_give_the_journals_of_the_platform_s_documents(
    documents: Path, config: Path, tmp_path: Path
) -> None:
    """The controller relies on it: the way of delivery changes no line of a journal."""
    for path in write_extracts(documents, tmp_path / "extracts"):
        entity, currency, *_ = path.stem.split("-")
        write_manifest(path, entity, currency)
    build(documents, tmp_path / "by-document")
    assert build(tmp_path / "extracts", tmp_path / "by-extract", config=config) == 2
    before, after = (rows(tmp_path / name, "journals") for name in ("by-document", "by-extract"))
    assert before == after
    assert len(before) > 20
    assert certificate(tmp_path / "by-extract")["equal"]
    held = [
        {
            (row["entity"], row["code"], row["cause"], row["at_risk"])
            for row in rows(out, "exceptions")
        }
        for out in (tmp_path / "by-document", tmp_path / "by-extract")
    ]
    assert held[0] == held[1]


def test_a_cut_extract_is_held_against_its_manifest(
    documents: Path, config: Path, tmp_path: Path
) -> None:
    """The controller relies on it: a file that lost a line books nothing."""
    first, *others = write_extracts(documents, tmp_path / "extracts")
    entity, currency, *_ = first.stem.split("-")
    write_manifest(first, entity, currency)
    lines = first.read_text(encoding="utf-8").splitlines(keepends=True)
    first.write_text("".join(lines[:-1]), encoding="utf-8")
    for path in others:
        path.unlink()
    assert build(tmp_path / "extracts", tmp_path / "out", config=config) == 2
    assert rows(tmp_path / "out", "journals") == []
    assert {row["code"] for row in rows(tmp_path / "out", "exceptions")} == {
        "control_total_mismatch"
    }


def test_a_report_in_two_extracts_is_held_in_the_second(
    documents: Path, config: Path, tmp_path: Path
) -> None:
    """The controller relies on it: an expense is never booked twice, however often it is sent."""
    first, *others = write_extracts(documents, tmp_path / "extracts")
    for path in others:
        path.unlink()
    lines = first.read_text(encoding="utf-8").splitlines(keepends=True)
    report = lines[1].split(",")[0]
    again = [line for line in lines[1:] if line.startswith(f"{report},")]
    later = first.with_name("ZZ-later.csv")
    later.write_text("".join((lines[0], *again)), encoding="utf-8")
    build(tmp_path / "extracts", tmp_path / "out", config=config)
    ended = rows(tmp_path / "out", "dispositions")
    held = [row for row in ended if row["name"] == later.name]
    assert {row["state"] for row in held} == {"held"}
    assert {row["reason"].partition("|")[0] for row in held} == {"report_revised"}
    assert sum(int(row["lines"]) for row in held) == len(again)
    assert "built" in {row["state"] for row in ended if row["name"] == first.name}
