"""The bureaus' files of generated months, read with finance's own provider files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from sandbox.company.build import Company, generate
from tieout.adapters.drop import make
from tieout.cli_read import reader_of
from tieout.errors import Severity
from tieout.finance.documents import Reading, SourceDocument
from tieout.finance.periods import calendar_month
from tieout.ports import Wanted

PROVIDERS = ("de-datev", "se-sie", "jp-delimited")


@dataclass(frozen=True)
class Place:
    """A connection value: the folder above all providers."""

    extra: dict[str, object]


@pytest.fixture(scope="module", params=[1, 7])
def company(request: pytest.FixtureRequest) -> Company:
    """One generated month."""
    return generate(request.param)


def readings(company: Company, folder: Path, config: Path) -> Iterator[tuple[str, str, Reading]]:
    """Provider, name and reading of every file that the bureaus deliver in the month."""
    for drop in company.deliveries():
        path = folder / drop.manifest["provider"] / drop.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(drop.content)
        Path(f"{path}.manifest.json").write_text(json.dumps(drop.manifest), encoding="utf-8")
    for provider in PROVIDERS:
        profile = yaml.safe_load((config / f"{provider}.yaml").read_text(encoding="utf-8"))
        profile["delivery"] = {**profile["delivery"], "stable_seconds": 0}
        reader = reader_of(profile["kind"]).read_file
        source = make(profile, Place({"path": str(folder)}), reader)
        for ref in source.discover(Wanted(calendar_month("2026-10"))):
            content, media_type = source.fetch(ref)
            document = SourceDocument.of(ref, content, media_type, datetime.now(UTC))
            yield provider, ref.name, source.read(document, content)


def test_only_the_cut_file_of_a_month_has_a_finding(
    company: Company, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """finance_ops relies on it: every whole file adds up, the cut one names both numbers."""
    config = request.config.rootpath / "include" / "config" / "providers"
    blocked = {}
    entities = set()
    for _, name, reading in readings(company, tmp_path, config):
        entities.add(reading.facts.entity)
        codes = {it.code for it in reading.findings if it.severity is Severity.CRITICAL}
        if codes:
            blocked[name] = (reading.facts.entity, codes)
    cut = {
        drop.name
        for drop in company.deliveries()
        if drop.delivery == "initial" and drop.entity == company.troubles.mismatch_entity
    }
    assert entities == {"DE01", "SE01", "JP01"}
    assert set(blocked) == cut
    ((entity, codes),) = blocked.values()
    assert entity == company.troubles.mismatch_entity
    assert "control_total_mismatch" in codes


def test_no_name_of_a_person_leaves_a_reader(
    company: Company, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Privacy relies on it: the files name people in texts, columns and dimensions."""
    config = request.config.rootpath / "include" / "config" / "providers"
    everyone = [person for staff in company.people.values() for person in staff]
    people = {name for it in everyone for name in (it.family, it.local_name) if len(name) > 2}
    assert len(people) > 100
    for _, _, reading in readings(company, tmp_path, config):
        written = reading.frames["pay_line"].write_csv()
        told = " ".join(f"{it.message} {it.found}" for it in reading.findings)
        assert [name for name in people if name in written or name in told] == []
