"""The drop folder's twin delivers as payroll bureaus do: whole at the end, or in the wrong way."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from sandbox.drop import Drop, control_routes, start
from tests.contract.twin_server import served

_ROWS = "".join(f"EMP{number};GROSS;{1000 + number},50\r\n" for number in range(40))
_CONTENT = f"Header;of;file\r\n{_ROWS}".encode("cp1252")


def _parcel(delivery: str, order: int, name: str) -> dict[str, Any]:
    return {
        "delivery": delivery,
        "order": order,
        "file": f"de-datev/{delivery}/{name}",
        "name": name,
        "manifest": {
            "file": name,
            "provider": "de-datev",
            "sha256": hashlib.sha256(_CONTENT).hexdigest(),
        },
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Three deliveries of one bureau."""
    seed = tmp_path / "sandbox" / "seed"
    parcels = [
        _parcel("initial", 1, "first.csv"),
        _parcel("duplicate", 2, "first-copy.csv"),
        _parcel("corrected", 3, "first-corrected.csv"),
    ]
    for parcel in parcels:
        path = seed / "files" / parcel["file"]
        path.parent.mkdir(parents=True)
        path.write_bytes(_CONTENT)
    (seed / "deliveries.json").write_text(json.dumps(parcels), encoding="utf-8")
    return tmp_path


@pytest.fixture
def control(home: Path) -> Iterator[httpx.Client]:
    """The control routes over HTTP."""
    with served(Starlette(routes=control_routes(home))) as base:
        yield httpx.Client(base_url=base)


def _names(home: Path) -> set[str]:
    return {path.name for path in (home / "drop" / "de-datev").iterdir()}


def _until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread writes."""
    waiting = threading.Event()
    for _ in range(500):
        if holds():
            return
        waiting.wait(0.01)
    raise AssertionError("it never came")


def test_the_first_start_delivers_what_bureaus_send_on_their_own(home: Path) -> None:
    """Each file with its manifest, no unfinished name left behind."""
    start(home)
    assert _names(home) == {
        "first.csv",
        "first.csv.manifest.json",
        "first-copy.csv",
        "first-copy.csv.manifest.json",
    }
    delivered = home / "drop" / "de-datev" / "first.csv"
    manifest = json.loads(delivered.with_name("first.csv.manifest.json").read_text("utf-8"))
    assert hashlib.sha256(delivered.read_bytes()).hexdigest() == manifest["sha256"]


def test_a_restart_delivers_nothing_again(home: Path) -> None:
    """Also when the first delivery was taken away meanwhile."""
    start(home)
    (home / "drop" / "de-datev" / "first.csv").unlink()
    start(home)
    assert "first.csv" not in _names(home)


def test_a_correction_comes_when_it_is_asked_for(home: Path, control: httpx.Client) -> None:
    """The bureau sends it once, however often it is asked."""
    start(home)
    asked = {"delivery": "corrected"}
    assert control.post("/deliver", json=asked).json() == {
        "delivered": ["de-datev/first-corrected.csv"]
    }
    assert control.post("/deliver", json=asked).json() == {"delivered": []}
    assert "first-corrected.csv.manifest.json" in _names(home)
    orders = [entry["order"] for entry in control.get("/deliveries").json()]
    assert orders == [1, 2, 3]


@pytest.mark.parametrize(
    "asked", [{"delivery": "yesterday"}, {"delivery": "initial", "manner": "by pigeon"}, {}]
)
def test_what_does_not_exist_is_refused(control: httpx.Client, asked: dict[str, str]) -> None:
    """The answer names what exists."""
    answer = control.post("/deliver", json=asked)
    assert answer.status_code == 400
    assert "there are" in answer.json()["error"]


@pytest.mark.parametrize(
    ("manner", "at_line_end"), [("truncated", False), ("truncated_at_line_end", True)]
)
def test_a_truncated_file_keeps_the_manifest_of_the_whole(
    home: Path, control: httpx.Client, manner: str, at_line_end: bool
) -> None:
    """Only the manifest shows what is missing when the cut is at a line's end."""
    control.post("/deliver", json={"delivery": "initial", "manner": manner})
    content = (home / "drop" / "de-datev" / "first.csv").read_bytes()
    assert 0 < len(content) < len(_CONTENT)
    assert content.endswith(b"\r\n") is at_line_end
    assert _CONTENT.startswith(content)


def test_an_empty_file_arrives(home: Path, control: httpx.Client) -> None:
    """With a manifest, as if all were well."""
    control.post("/deliver", json={"delivery": "initial", "manner": "empty"})
    assert (home / "drop" / "de-datev" / "first.csv").read_bytes() == b""


def test_a_growing_file_lies_unfinished_under_its_final_name(
    home: Path, control: httpx.Client
) -> None:
    """Whoever reads it at once reads a part; the manifest says when it is complete."""
    asked = {"delivery": "initial", "manner": "growing", "seconds": 0.4}
    control.post("/deliver", json=asked)
    target = home / "drop" / "de-datev" / "first.csv"
    assert 0 < len(target.read_bytes()) < len(_CONTENT)
    assert _names(home) == {"first.csv"}
    _until(lambda: "first.csv.manifest.json" in _names(home))
    assert target.read_bytes() == _CONTENT


@pytest.mark.parametrize(
    ("manner", "first", "second"),
    [
        ("manifest_first", "first.csv.manifest.json", "first.csv"),
        ("manifest_late", "first.csv", "first.csv.manifest.json"),
    ],
)
def test_file_and_manifest_may_come_apart(
    home: Path, control: httpx.Client, manner: str, first: str, second: str
) -> None:
    """A listing between the two sees one of them alone."""
    asked = {"delivery": "initial", "manner": manner, "seconds": 0.3}
    control.post("/deliver", json=asked)
    assert _names(home) == {first}
    _until(lambda: second in _names(home))


def test_a_delivery_can_be_repeated_on_purpose(home: Path) -> None:
    """Same bytes under the same name: a bureau's double click."""
    drop = start(home)
    before = (home / "drop" / "de-datev" / "first.csv").read_bytes()
    assert drop.deliver("initial", again=True) == ["de-datev/first.csv"]
    assert (home / "drop" / "de-datev" / "first.csv").read_bytes() == before
    assert len(Drop(home).delivered()) == 3
