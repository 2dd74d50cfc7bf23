"""The contract version that a provider states decides how its own documents are read."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sandbox.company.build import generate
from tests.flow.small_builds import CONFIG, build, two_pay_runs


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Swedish and a German pay run, from two providers."""
    return two_pay_runs(generate(2026), tmp_path_factory.mktemp("versions") / "inputs")


def stating(config: Path, provider: str, contract: str) -> Path:
    """The configuration with a provider that states its contract's version."""
    shutil.copytree(CONFIG, config)
    path = config / "providers" / f"{provider}.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\ncontract: {contract}\n", encoding="utf-8")
    return config


def journals(out: Path) -> dict[str, bytes]:
    """The journals by the entity that they are of."""
    return {
        path.name.split("-")[0]: path.read_bytes() for path in (out / "journals").glob("*.json")
    }


def findings(out: Path) -> list[dict[str, Any]]:
    """What was told."""
    told: list[dict[str, Any]] = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    return told


def ended(out: Path, provider: str) -> set[tuple[str, str]]:
    """State and reason of the lines of a provider's documents."""
    with (out / "dispositions.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {(row["state"], row["reason"]) for row in rows if row["unit"].startswith(provider)}


@pytest.mark.promise("S66")
def test_a_provider_may_state_the_version_that_it_delivers(inputs: Path, tmp_path: Path) -> None:
    """A provider relies on it: naming the version of today changes nothing."""
    assert build(inputs, tmp_path / "plain") == 0
    config = stating(tmp_path / "config", "se-sie", "pay_line@1")
    assert build(inputs, tmp_path / "stated", config) == 0
    assert journals(tmp_path / "stated") == journals(tmp_path / "plain")
    assert findings(tmp_path / "stated") == findings(tmp_path / "plain")


@pytest.mark.promise("S66", "S67")
def test_a_version_that_nobody_published_stops_its_provider_alone(
    inputs: Path, tmp_path: Path
) -> None:
    """The controller relies on it: all lines of the one are held and counted, the other closes."""
    config = stating(tmp_path / "config", "se-sie", "pay_line@9")
    assert build(inputs, tmp_path / "out", config) == 2
    assert set(journals(tmp_path / "out")) == {"DE01"}
    (told,) = [one for one in findings(tmp_path / "out") if one["severity"] == "critical"]
    assert told["code"] == "contract_version_unknown"
    assert told["message"] == "se-sie states pay_line 9, which was never published"
    assert told["next_step"] == "State one of the versions that are taken: 1.0, 1.1."
    (state,) = ended(tmp_path / "out", "se-sie")
    assert state[0] == "held"
    assert state[1].startswith("contract_version_unknown|")
    proof = json.loads((tmp_path / "out" / "certificate.json").read_text(encoding="utf-8"))
    assert proof["equal"]
