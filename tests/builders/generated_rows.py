"""Every canonical row of a generated month, read by the adapters of their providers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import yaml

from sandbox.company.build import Company
from tests.builders.inputs_folder import write_month
from tieout.adapters.workday.profile import profile_of
from tieout.adapters.workday.workers import read_workers
from tieout.cli_build import _known
from tieout.cli_build_documents import read_document
from tieout.finance.documents import DocumentRef, SourceDocument
from tieout.settings.inputs_folder import read_inputs
from tieout.stages.extract.unit_frame import ReadDocument, unit_frame

AT = datetime(2026, 11, 2, 6, tzinfo=UTC)


def rows_of_month(company: Company, folder: Path, config: Path) -> dict[str, pl.DataFrame]:
    """Pay lines and expense lines of all documents, by contract, as extract leaves them."""
    write_month(company, folder)
    inputs = read_inputs(folder)
    known = _known(inputs, config)
    read: dict[str, list[ReadDocument]] = {}
    for file in inputs.files:
        opened = read_document(known, file)
        assert opened.reading is not None, opened.failure
        for kind, frame in opened.reading.frames.items():
            document = ReadDocument(
                opened.document.sha256, file.name, frame, opened.reading.findings
            )
            read.setdefault(kind, []).append(document)
    return {kind: unit_frame(documents) for kind, documents in read.items()}


def employees_of_month(company: Company, config: Path) -> pl.DataFrame:
    """Everybody of all companies, as HR's report tells them."""
    stated = (config / "providers" / "workday-hr.yaml").read_text(encoding="utf-8")
    profile = profile_of(yaml.safe_load(stated))
    rows = company.workday()["reports"]["Tieout_Workers"]["rows"]
    frames = []
    for code in profile.entities:
        own = [row for row in rows if row["Company_ID"] == code]
        content = json.dumps({"Report_Entry": own}).encode()
        ref = DocumentRef("workday-hr", f"Tieout_Workers {code}", "")
        document = SourceDocument.of(ref, content, "application/json", AT)
        frames.append(read_workers(profile, document, content, code).frames["employee"])
    return pl.concat(frames)
