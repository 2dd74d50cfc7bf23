"""The host process of the twins, as the supervisor starts and stops it."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import psutil
import pytest

from sandbox.prepare import prepare
from tests.builders.netsuite_account import seed
from tests.builders.twins import running_host

VENDORS = ["concur", "drop", "netsuite", "smtp", "workday"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the generated company's seeds."""
    home = tmp_path_factory.mktemp("home")
    prepare(home, 1)
    return home


def test_one_process_hosts_every_vendor_in_little_memory(prepared: Path) -> None:
    """The whole runtime fits a laptop: all twins together take at most 150 MB."""
    with running_host(prepared) as host:
        assert host.control("GET", "/health")["vendors"] == VENDORS
        for vendor in ("netsuite", "concur", "workday"):
            assert httpx.get(f"{host.url(vendor)}/nowhere").status_code in (401, 403, 404)
        assert psutil.Process(host.process.pid).memory_info().rss < 150_000_000


def test_the_host_ends_within_two_seconds_when_it_is_asked_to(prepared: Path) -> None:
    """`make down` relies on it, also while a request is running."""
    with running_host(prepared) as host:
        began = time.monotonic()
        assert host.stop() == 0
        assert time.monotonic() - began < 2


def test_an_armed_fault_survives_a_restart_of_the_host(tmp_path: Path) -> None:
    """A demonstration may be interrupted between arming a fault and meeting it."""
    seeds = {"netsuite": seed()}
    with running_host(tmp_path, seeds, ["netsuite"]) as host:
        host.arm("netsuite", "closed_period", operation="create", period="310")
        host.stop()
    with running_host(tmp_path, vendors=["netsuite"]) as host:
        (armed,) = host.control("GET", "/faults")["armed"]
        assert (armed["fault"]["kind"], armed["fault"]["settings"]) == (
            "closed_period",
            {"period": "310"},
        )
        assert host.control("DELETE", "/faults")["armed"] == []


def test_a_taken_port_is_named_and_ends_the_host(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Who starts the runtime twice must read which port is in the way."""
    seeds = {"netsuite": seed()}
    with running_host(tmp_path / "first", seeds, ["netsuite"]) as first:
        taken = {"netsuite": first.ports["netsuite"]}
        second = running_host(tmp_path / "second", seeds, ["netsuite"], taken)
        with pytest.raises(AssertionError, match="ended with 1"):
            second.__enter__()
        assert capfd.readouterr().err.startswith(
            f"sandbox: [Errno 98] netsuite can't listen on 127.0.0.1:{taken['netsuite']}"
        )
