"""Closes of the generated month, each test with a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from supervisor.postgres import Cluster
from tests.builders.checkpoints import from_checkpoint
from tests.builders.office import GoOn, Rehearsal


@pytest.fixture
def go_on(
    cluster: Cluster, _template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GoOn]:
    """Go on from a checkpoint of the month: built, cured, approved or tied."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(
            from_checkpoint(name, cluster, _template, tmp_path / name, monkeypatch)
        )


@pytest.fixture
def built(go_on: GoOn) -> Rehearsal:
    """Everything was built once; what is wrong is told and not cured."""
    return go_on("built")


@pytest.fixture
def cured(go_on: GoOn) -> Rehearsal:
    """Finance cured what was wrong; the journals wait for approval."""
    return go_on("cured")


@pytest.fixture
def approved(go_on: GoOn) -> Rehearsal:
    """All journals are approved and all windows are open."""
    return go_on("approved")


@pytest.fixture
def tied(go_on: GoOn) -> Rehearsal:
    """All journals are in the ledger, read back and tied out."""
    return go_on("tied")
