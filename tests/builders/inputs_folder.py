"""A generated month as a folder of inputs for `tieout build`.

    folder = month_of(2026, tmp_path / "inputs")

The bytes are those that the vendors' twins hand over.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.company.build import Company, generate
from sandbox.concur import exact_json
from sandbox.workday.formats import written
from tests.builders.office import Rehearsal

#: When the demonstration begins: all October cutoffs have passed.
KNOWN_AT: Final = "2026-11-02T06:00:00Z"


def month_of(seed: int, folder: Path, *, whole: bool = True) -> Path:
    """The inputs of a generated company; with `whole` the corrected file instead of the cut one."""
    write_month(generate(seed), folder, whole=whole)
    return folder


def write_month(company: Company, folder: Path, *, whole: bool = True) -> None:
    """Documents of all providers, master data of the ERP, and run.yaml."""
    _write_files(company, folder / "documents", whole=whole)
    _write_reports(company, folder / "documents")
    _write_expenses(company, folder / "documents" / "concur")
    _write_reference(company.netsuite()["tables"], folder / "reference")
    write_run(folder)


def write_run(folder: Path, **stated: Any) -> None:
    """run.yaml; what is stated wins over the demonstration's month."""
    content = {"known_at": KNOWN_AT, "period": "2026-10", **stated}
    (folder / "run.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")


def _write_files(company: Company, documents: Path, *, whole: bool) -> None:
    corrected = {d.entity for d in company.deliveries() if d.delivery == "corrected"}
    for drop in company.deliveries():
        if whole and (
            drop.delivery == "duplicate"
            or (drop.delivery == "initial" and drop.entity in corrected)
        ):
            continue
        if not whole and drop.delivery == "corrected":
            continue
        target = documents / drop.manifest["provider"] / drop.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(drop.content)
        write_json(target.with_name(f"{target.name}.manifest.json"), drop.manifest)


def _write_reports(company: Company, documents: Path) -> None:
    reports = company.workday()["reports"]
    columns = list(reports["Tieout_Payroll_Lines"]["rows"][0])
    for entity in company.plan.entities.values():
        if not entity.provider.startswith("workday"):
            continue
        lines, controls = (
            [row for row in reports[name]["rows"] if row["Company_ID"] == entity.workday_company]
            for name in ("Tieout_Payroll_Lines", "Tieout_Payroll_Controls")
        )
        folder = documents / entity.provider
        folder.mkdir(parents=True)
        body = written("json", "Tieout_Payroll_Lines", columns, lines)
        (folder / "2026-10.json").write_bytes(body)
        write_json(folder / "2026-10.control.json", controls[0])


def _write_expenses(company: Company, folder: Path) -> None:
    folder.mkdir(parents=True)
    for item in company.concur()["documents"]:
        content = item["content"]
        name = content["document"]["report"]["reportNumber"]
        (folder / f"{name}.json").write_text(exact_json.dumps(content), encoding="utf-8")


def _write_reference(tables: Mapping[str, Iterable[Mapping[str, Any]]], folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, table, column in (
        ("accounts", "account", "acctnumber"),
        ("cost_centers", "department", "externalid"),
        ("projects", "classification", "externalid"),
    ):
        rows = [
            (
                row[column],
                "no" if "T" in (row["isinactive"], row.get("issummary")) else "yes",
                row["name"] if "name" in row else row["fullname"],
            )
            for row in tables[table]
        ]
        write_reference(folder / f"{name}.csv", rows)


def write_reference(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """A list of the ERP: code, active, name, and the entities it is given to."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["code", "active", "name", "entities"])
        writer.writerows(sorted(rows))


def write_json(path: Path, content: object) -> None:
    """A JSON file for a vendor's manifest or row."""
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def inputs_of(made: Rehearsal, folder: Path, **stated: Any) -> Path:
    """What a running system holds now, as a folder of inputs: its own bytes and master data.

    What is stated stands in run.yaml.
    """
    for row in made.rows(
        "SELECT document.sha256, document.provider, document.name, document.native_ref"
        " FROM unit_document AS member"
        " INNER JOIN source_document AS document ON member.sha256 = document.sha256"
        " WHERE member.superseded_by IS NULL AND NOT member.withdrawn"
    ):
        _write_stored(made, row, folder / "documents" / row["provider"])
    (folder / "reference").mkdir()
    for name in ("accounts", "cost_centers", "projects"):
        found = made.rows(
            "SELECT code, active AND NOT missing AS usable, name, entities FROM reference_object"
            " WHERE source = 'ledger' AND known_to = 'infinity' AND valid_to = 'infinity'"
            " AND kind = %s",
            name.removesuffix("s"),
        )
        rows = [
            (row["code"], "yes" if row["usable"] else "no", row["name"], " ".join(row["entities"]))
            for row in found
        ]
        write_reference(folder / "reference" / f"{name}.csv", rows)
    write_run(folder, known_at=made.clock.now().isoformat(), **stated)
    return folder


def _write_stored(made: Rehearsal, row: Mapping[str, Any], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    native = json.loads(row["native_ref"])
    name = row["name"] if "manifest" in native else f"{row['name'].replace('/', '-')}.json"
    stored = made.office.objects.get(row["sha256"])
    # A Workday run's document begins with its control row, which is a file of its own here.
    (folder / name).write_bytes(stored.removeprefix(row["native_ref"].encode() + b"\n"))
    if "manifest" in native:
        write_json(folder / f"{name}.manifest.json", native["manifest"])
    elif "Run_Type" in native:
        write_json(folder / f"{name.removesuffix('.json')}.control.json", native)
