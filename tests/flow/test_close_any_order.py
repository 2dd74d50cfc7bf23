"""The same month, arriving and worked off in another order: the same journals, byte for byte."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.prepare import prepare
from tests.builders.checkpoints import SEED
from tests.builders.invariants import assert_every_line_ended_once
from tests.builders.office import PERIOD, STAGES, GoOn, Rehearsal, rehearsing, set_up_office
from tieout.workflows.intake import take_in
from tieout.workflows.sweep import due_units


def journals_of(made: Rehearsal) -> dict[str, tuple[str, str]]:
    """External id → content and certificate-worthy hash of each current journal."""
    found = made.rows(
        "SELECT external_id, content_hash, content FROM journal WHERE state <> 'superseded'"
    )
    return {row["external_id"]: (row["content_hash"], row["content"]) for row in found}


def arrive_otherwise(home: Path) -> None:
    """The bureaus' files of the month under other names, the last one first."""
    seeds = home / "sandbox" / "seed"
    listed = json.loads((seeds / "deliveries.json").read_text(encoding="utf-8"))
    for each in reversed([row for row in listed if row["delivery"] == "initial"]):
        name = each["name"].replace("_01.", "_01_again.")
        target = home / "drop" / each["manifest"]["provider"] / name
        target.parent.mkdir(parents=True)
        target.write_bytes((seeds / "files" / each["file"]).read_bytes())
        manifest = {**each["manifest"], "file": name}
        target.with_name(f"{name}.manifest.json").write_text(json.dumps(manifest))


@pytest.mark.slow
@pytest.mark.promise("S27")
def test_other_names_another_arrival_and_another_order_of_tasks_give_the_same_journals(
    go_on: GoOn, empty_home: Path, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rerun relies on it: no result depends on a file's name, on luck or on the hour."""
    usual = journals_of(go_on("built"))
    prepare(empty_home, SEED)
    arrive_otherwise(empty_home)
    draws = random.Random(27)
    with rehearsing(empty_home, warehouse_url, monkeypatch) as made:
        set_up_office(made)
        made.read_master_data()
        providers = made.office.unit_providers()
        for provider in draws.sample(providers, len(providers)):
            made.jump(timedelta(minutes=draws.randrange(1, 90)))
            take_in(made.office, provider, PERIOD)
            # Whatever is there is worked off before the next source is asked.
            units = due_units(made.office, PERIOD)
            for unit in draws.sample(units, len(units)):
                for stage in STAGES:
                    stage(made.office, unit, "close:1")
        made.build_units()
        assert journals_of(made) == usual
        assert_every_line_ended_once(made)


@pytest.fixture
def empty_home(tmp_path: Path) -> Path:
    """A home that nothing was worked in."""
    home = tmp_path / "otherwise"
    home.mkdir()
    return home
