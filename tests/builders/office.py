"""A whole close in rehearsal: an office on a store of its own, and the vendors' twins over HTTP.

Everything is real but the vendors: PostgreSQL, files, HTTP, the product's own adapters. The twins
run in threads of the test, so that both sides share the test's clock.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import pytest
import yaml
from psycopg.rows import dict_row

from sandbox import concur, netsuite, workday
from sandbox.control import create_control
from sandbox.drop import control_routes as drop_routes
from sandbox.faults import Fault, FaultBoard
from tests.builders.twins import serving
from tests.harness.sources import ROOT
from tieout import bootstrap
from tieout.adapters.clock import SharedClock
from tieout.adapters.netsuite import EntityInLedger, NetSuiteLedger, load_statements
from tieout.adapters.transport import Connection, Limits, ThreadSlots
from tieout.finance.periods import calendar_month
from tieout.ports import Ledger
from tieout.settings.environment import Settings, settings
from tieout.workflows import approve, build, extract, mappings, reconcile, route, validate
from tieout.workflows import post as posting
from tieout.workflows import tie_out as tying
from tieout.workflows.alignment import align_people
from tieout.workflows.master_data import refresh_ledger, refresh_people, refresh_profiles
from tieout.workflows.office import Office
from tieout.workflows.setup import set_up
from tieout.workflows.sweep import Sweep, sweep

MONTH: Final = "2026-10"
PERIOD: Final = calendar_month(MONTH)
#: Before any window is open, and when all of them are.
MORNING: Final = datetime(2026, 11, 2, 6, tzinfo=UTC)
WINDOWS_OPEN: Final = datetime(2026, 11, 2, 15, tzinfo=UTC)
#: The journal of an unclear answer is believed absent only after this.
LONG_ENOUGH: Final = timedelta(minutes=16)
#: Impatient: a test never waits for what will not come.
LIMITS: Final = Limits(total_seconds=5.0, read_attempts=3, longest_pause_seconds=0.02)
STAGES: Final = (
    extract.extract, validate.validate, reconcile.reconcile, route.route, build.build,
)  # fmt: skip


@dataclass(repr=False)
class Rehearsal:
    """One close: the office, what surrounds it, and what people do in it.

    Attributes:
        office: as `bootstrap` makes it.
        home: the runtime's folder of this close alone.
        url: its store.
        clock: business time, shared with the twins.
        faults: the twins' switches.
        hand: the control API: people at the vendors.
    """

    office: Office
    home: Path
    url: str
    clock: SharedClock
    faults: FaultBoard
    hand: httpx.Client
    opened: list[NetSuiteLedger] = field(default_factory=list)

    # ------------------------------------------------------------ the product's work

    def read_master_data(self) -> None:
        """What the master data task does."""
        refresh_ledger(self.office, PERIOD)
        refresh_people(self.office, PERIOD)
        refresh_profiles(self.office, PERIOD)
        align_people(self.office, PERIOD)

    def sweep(self, kind: str = "") -> Sweep:
        """Take in what the sources offer."""
        return sweep(self.office, PERIOD, kind)

    def build_units(self, kind: str = "", holder: str = "close:1") -> list[bool]:
        """Sweep, then bring every unit from extract to build; which stages found work."""
        found = self.sweep(kind)
        assert found.failed == [], self.exceptions("source_unreachable")
        return [stage(self.office, unit, holder) for unit in found.units for stage in STAGES]

    def ask(self, entity: str) -> approve.ApprovalWanted | None:
        """What the entity's controllers are asked now."""
        return approve.wanted(self.office, entity, MONTH)

    def answer(
        self, entity: str, by: str = "controller", *, key: str = "", **stated: Any
    ) -> Mapping[str, str]:
        """Ask as a task does, and record an answer; external id → decision."""
        want = self.ask(entity)
        assert want is not None
        request_key = key or f"close/{entity}/{want.list_hash}"
        assert approve.ask_once(self.office, request_key, want)
        given = {"approve": True, **stated}
        return approve.record_answer(self.office, request_key, approve.Answer(by=by, **given))

    def post(self, entity: str, holder: str = "close:1") -> dict[str, str]:
        """Post what may post; external id → state, or why it waits."""
        results = posting.post(self.office, entity, MONTH, holder)
        return {result.external_id: result.note or result.state for result in results}

    def tie_out(self, entity: str) -> tying.TieOutResult:
        """Read the ledger back and compare."""
        return tying.tie_out(self.office, entity, MONTH)

    def propose_and_approve(self, table: str, content: Mapping[str, str]) -> None:
        """A rule by finance operations, made active by their lead."""
        proposal = mappings.Proposal(table, content, date(2026, 1, 1), "found in the close")
        row = mappings.propose(self.office, proposal, "finance_ops")
        mappings.decide(self.office, row["id"], "finance_lead", approve=True)

    def with_ledger(self, ledger: Ledger) -> Rehearsal:
        """The same close through another door to the ledger."""
        return replace(self, office=replace(self.office, ledger=lambda: ledger))

    def impatient(self, **changes: Any) -> NetSuiteLedger:
        """Our NetSuite adapter as `bootstrap` makes it, but it waits for nothing in vain."""
        found = yaml.safe_load((self.home / "connections.yaml").read_text(encoding="utf-8"))
        connection = Connection(found["erp_netsuite"]["host"], extra=found["erp_netsuite"]["extra"])
        arguments: dict[str, Any] = {
            "connection": connection,
            "entities": {
                code: EntityInLedger(entity.erp_ref, entity.functional_currency)
                for code, entity in self.office.company.entities.items()
            },
            "statements": statements(),
            "slots": ThreadSlots(),
            "clock": self.clock,
            "limits": LIMITS,
            "sleep": at_once,
        }
        self.opened.append(NetSuiteLedger(**arguments | changes))
        return self.opened[-1]

    # ------------------------------------------------------------ the world around it

    @property
    def troubles(self) -> dict[str, dict[str, Any]]:
        """What was seeded into the month, and where."""
        path = self.home / "sandbox" / "seed" / "troubles.json"
        stated: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return stated

    def jump(self, by: timedelta) -> None:
        """Let business time pass."""
        self.clock.jump_to(self.clock.now() + by)

    def erp(self, kind: str, *, operation: str = "create", count: int = 1, **more: Any) -> None:
        """Arm a fault at NetSuite, for the next posting unless another operation is named."""
        match = more.pop("match", None)
        skip = more.pop("skip", 0)
        fault = Fault(kind, **{"seconds": 0, **more})
        self.faults.arm("netsuite", fault, operation=operation, match=match, count=count, skip=skip)

    def clerk(self, path: str, **stated: Any) -> Any:
        """Let somebody at a vendor act."""
        answered = self.hand.post(f"/{path}", json=stated)
        assert answered.status_code == httpx.codes.OK, answered.text
        return answered.json()

    def ledger_journals(self, entity: str = "") -> list[dict[str, Any]]:
        """What the ERP itself holds, of one entity or all."""
        shown = self.hand.get("/netsuite/ledger").json()["journals"]
        return [each for each in shown if entity in {"", each["subsidiaryExternalId"]}]

    # ------------------------------------------------------------ what the store says

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """Read the store, past the product."""
        with psycopg.connect(self.url.replace("+psycopg", ""), row_factory=dict_row) as store:
            return store.execute(query, values).fetchall()

    def change(self, query: str, *values: object) -> None:
        """Change the store, past the product."""
        with psycopg.connect(self.url.replace("+psycopg", "")) as store:
            store.execute(query, values)

    def states(self, entity: str) -> dict[str, str]:
        """External id → state of an entity's current journals."""
        found = self.rows(
            "SELECT external_id, state FROM journal WHERE entity = %s AND state <> 'superseded'"
            " ORDER BY kind, revision",
            entity,
        )
        return {row["external_id"]: row["state"] for row in found}

    def exceptions(self, code: str, *, still_open: bool = False) -> list[dict[str, Any]]:
        """Exceptions of a code, the oldest first."""
        found = self.rows("SELECT * FROM open_exception WHERE code = %s ORDER BY id", code)
        return [row for row in found if not still_open or row["state"] not in {"closed", "waived"}]

    def steps(self, external_id: str) -> list[str]:
        """The states that a journal went through."""
        found = self.rows(
            "SELECT to_state FROM state_change WHERE object_kind = 'journal' AND object_key = %s"
            " ORDER BY id",
            external_id,
        )
        return [row["to_state"] for row in found]

    def attempts(self, external_id: str) -> list[tuple[str, str]]:
        """Outcome of each attempt, and what it was resolved to."""
        found = self.rows(
            "SELECT outcome, resolved FROM posting_attempt WHERE external_id = %s ORDER BY attempt",
            external_id,
        )
        return [(row["outcome"] or "", row["resolved"] or "") for row in found]


#: Opens a copy of the month at a checkpoint.
GoOn = Callable[[str], Rehearsal]


def at_once(seconds: float) -> None:
    """A pause that is not made."""


@cache
def statements() -> Mapping[str, str]:
    """The SuiteQL that the product ships."""
    return load_statements(ROOT / "sql" / "netsuite")


@contextmanager
def rehearsing(
    home: Path,
    url: str,
    patch: pytest.MonkeyPatch,
    config: Path | None = None,
    *,
    begins: datetime = MORNING,
) -> Iterator[Rehearsal]:
    """Serve the vendors' twins for a prepared home, and open the office on it.

    Args:
        home: prepared by `sandbox.prepare`, perhaps already worked in.
        url: a migrated store.
        patch: sets the environment that product and twins read, for as long as the test runs.
        config: finance's files; the project's own by default.
        begins: business time of a home that has no clock yet.
    """
    here = Settings(root=ROOT, home=home, config=config, clock=home / "clock.json", schedules="off")
    clock = SharedClock(home / "clock.json")
    if not (home / "clock.json").exists():
        clock.jump_to(begins)
    _state_environment(patch, here, url)
    faults = FaultBoard()
    with ExitStack() as stack:
        apps = {"netsuite": netsuite, "concur": concur, "workday": workday}
        origins = {
            name: stack.enter_context(serving(package.create_app(home, faults)))
            for name, package in apps.items()
        }
        routes = {name: package.control_routes(home) for name, package in apps.items()}
        control = create_control(faults, {**routes, "drop": drop_routes(home)})
        hand = stack.enter_context(
            httpx.Client(base_url=stack.enter_context(serving(control)), timeout=30)
        )
        _state_connections(home, origins)
        _forget_connections()
        stack.callback(_forget_connections)
        bootstrap._office.cache_clear()
        settings.cache_clear()
        office = bootstrap.office(here)
        made = Rehearsal(office, home, url, clock, faults, hand)
        stack.callback(bootstrap._office.cache_clear)
        stack.callback(settings.cache_clear)
        stack.callback(office.warehouse.dispose)
        stack.callback(_hang_up, made)
        yield made


def _hang_up(made: Rehearsal) -> None:
    """Close what was opened to the vendors, before they go."""
    made.office.ledger().close()  # type: ignore[attr-defined]
    for provider in made.office.unit_providers():
        close = getattr(made.office.source(provider), "close", None)
        if close is not None:
            close()
    if "workday-hr" in made.office.company.providers:
        made.office.people().close()  # type: ignore[attr-defined]
    for ledger in made.opened:
        ledger.close()


def set_up_office(made: Rehearsal, config: Path | None = None) -> None:
    """States, roles and the first load of finance's rules."""
    here = Settings(root=ROOT, home=made.home, config=config, clock=made.home / "clock.json")
    set_up(made.office, bootstrap.stated_roles(here), bootstrap.stated_proposals(here))


def _state_environment(patch: pytest.MonkeyPatch, here: Settings, url: str) -> None:
    stated = {
        "TIEOUT_ROOT": here.root,
        "TIEOUT_HOME": here.home_folder,
        "TIEOUT_CONFIG": here.config_folder,
        "TIEOUT_CLOCK": here.clock,
        "TIEOUT_DATABASE_URL": url,
        "TIEOUT_CONNECTIONS": here.home_folder / "connections.yaml",
    }
    for name, value in stated.items():
        patch.setenv(name, str(value))


def _state_connections(home: Path, origins: Mapping[str, str]) -> None:
    links = yaml.safe_load((home / "sandbox" / "connections.yaml").read_text(encoding="utf-8"))
    links["erp_netsuite"]["host"] = origins["netsuite"]
    links["expense_concur"]["host"] = origins["concur"]
    links["hr_workday"]["host"] = origins["workday"]
    links["payroll_drop"]["extra"]["path"] = str(home / "drop")
    (home / "connections.yaml").write_text(yaml.safe_dump(links), encoding="utf-8")
    # A kept token leads to the address of its sign-in; this home's twins have moved since.
    shutil.rmtree(home / "tokens", ignore_errors=True)


def _forget_connections() -> None:
    """Where Airflow is imported it answers for connections; it must read the file anew."""
    if "airflow.sdk" in sys.modules:
        sys.modules["airflow.sdk.configuration"].clear_secrets_backends_cache()


def environment() -> dict[str, str]:
    """The environment for a process of its own beside the test."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "include"), str(ROOT)))}


def names_of(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """External ids of entries of the ERP, sorted; a doubled one stands twice."""
    return sorted(str(each["externalId"]) for each in entries)
