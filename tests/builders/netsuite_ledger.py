"""Our ledger adapter at the generated company's NetSuite account, and the account's clerk."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import yaml
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.control import create_control
from sandbox.faults import Fault, FaultBoard
from sandbox.netsuite import control_routes, create_app
from tests.builders.twins import serving
from tests.harness.sources import ROOT
from tieout.adapters.clock import SystemClock
from tieout.adapters.netsuite import EntityInLedger, NetSuiteLedger, load_statements
from tieout.adapters.transport import Connection, Limits, ThreadSlots

#: Impatient: a test never waits for what will not come.
LIMITS = Limits(total_seconds=10.0, read_attempts=3, longest_pause_seconds=0.02)


class Watched:
    """Passes every request on; notes the methods, and how many journals were sent."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.methods: set[str] = set()
        self.posts = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http":
            self.methods.add(scope["method"])
            self.posts += scope["method"] == "POST" and scope["path"].endswith("/journalEntry")
        await self._app(scope, receive, send)


@dataclass
class Account:
    """The served account."""

    connection: Connection
    faults: FaultBoard
    hand: httpx.Client
    entities: Mapping[str, EntityInLedger]
    watched: Watched
    opened: list[NetSuiteLedger] = field(default_factory=list)

    @property
    def posts(self) -> int:
        """How many journals were sent to it, written or not."""
        return self.watched.posts

    def ledger(self, **changes: Any) -> NetSuiteLedger:
        """A new adapter, not signed in yet; `changes` are constructor arguments."""
        arguments: dict[str, Any] = {
            "connection": self.connection,
            "entities": self.entities,
            "statements": statements(),
            "slots": ThreadSlots(),
            "clock": SystemClock(),
            "limits": LIMITS,
            "sleep": at_once,
        }
        self.opened.append(NetSuiteLedger(**arguments | changes))
        return self.opened[-1]

    def will(self, kind: str, *, operation: str = "create", count: int = 1, **more: Any) -> None:
        """Arm a fault, for the next posting unless another operation is named."""
        # Whole seconds: a fault that travels with a job is kept as exact JSON, which has no float.
        self.faults.arm(
            "netsuite", Fault(kind, **{"seconds": 0, **more}), operation=operation, count=count
        )

    def journals(self) -> list[dict[str, Any]]:
        """What the ledger holds, as its clerk sees it."""
        shown: list[dict[str, Any]] = self.hand.get("/netsuite/ledger").json()["journals"]
        return shown

    def clerk(self, path: str, **stated: Any) -> dict[str, Any]:
        """Let somebody inside the ERP act."""
        answered = self.hand.post(f"/netsuite/{path}", json=stated)
        assert answered.status_code == 200, answered.text
        result: dict[str, Any] = answered.json()
        return result


def at_once(seconds: float) -> None:
    """A pause that is not made."""


@cache
def statements() -> Mapping[str, str]:
    """The SuiteQL that the product ships."""
    return load_statements(ROOT / "sql" / "netsuite")


@contextmanager
def company_account(home: Path, prepared: Path) -> Iterator[Account]:
    """Serve a fresh account below `home`, seeded from the company that stands in `prepared`."""
    seeds = home / "sandbox" / "seed"
    seeds.mkdir(parents=True)
    shutil.copy(prepared / "sandbox" / "seed" / "netsuite.json", seeds)
    subsidiaries = json.loads((seeds / "netsuite.json").read_text())["tables"]["subsidiary"]
    links = yaml.safe_load((prepared / "sandbox" / "connections.yaml").read_text())
    faults = FaultBoard()
    watched = Watched(create_app(home, faults))
    control = create_control(faults, {"netsuite": control_routes(home)})
    with (
        serving(watched) as origin,
        serving(control) as control_origin,
        httpx.Client(base_url=control_origin) as hand,
    ):
        connection = Connection(origin, extra=links["erp_netsuite"]["extra"])
        entities = {
            row["externalid"]: EntityInLedger(row["id"], "")
            for row in subsidiaries
            if row["externalid"]
        }
        account = Account(connection, faults, hand, entities, watched)
        yield account
        for ledger in account.opened:
            ledger.close()
