"""A month in the store as the stages leave it, small enough to state every figure by hand."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg

from tieout.adapters.mail import SmtpMailRoom
from tieout.adapters.objects import LocalObjects
from tieout.adapters.transport import Connection
from tieout.errors import Finding
from tieout.finance.company import Company, Entity
from tieout.finance.journals import Journal, JournalKey, JournalKind, JournalLine
from tieout.finance.periods import calendar_month
from tieout.warehouse.store import Warehouse
from tieout.workflows.exceptions import open_exception
from tieout.workflows.office import Office
from tieout.workflows.setup import set_up

PERIOD = calendar_month("2026-10")
AT = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)
UNIT = "de-datev:DE01:DE_MONAT:2026-10:run-1"
EXPENSES = "concur:concur-2026-10"


@dataclass
class StoppedClock:
    """Business time that stands still until a test moves it."""

    at: datetime = AT

    def now(self) -> datetime:
        """The instant it shows."""
        return self.at


def an_entity(code: str = "DE01", **changed: object) -> Entity:
    """An entity in euro with one address on its report list."""
    stated: dict[str, object] = {
        "code": code,
        "name": f"{code} Instrumente & Söhne GmbH",
        "erp_ref": "4",
        "country": "DE",
        "functional_currency": "EUR",
        "timezone": "Europe/Berlin",
        "fiscal_calendar": "calendar-months",
        "valid_from": date(2026, 1, 1),
        "report_to": (f"finance.{code.lower()}@example.test",),
    }
    return Entity(**{**stated, **changed})  # type: ignore[arg-type]


def _nobody(*_: object) -> object:
    raise AssertionError("a report asks no vendor")


def an_office(url: str, home: Path, smtp_port: int, *entities: Entity) -> Office:
    """The office of a test: real store, real folder of objects, real mail server."""
    company = Company("demo", {one.code: one for one in entities or (an_entity(),)}, {})
    office = Office(
        warehouse=Warehouse(url),
        objects=LocalObjects(home / "objects"),
        clock=StoppedClock(),
        company=company,
        source=_nobody,  # type: ignore[arg-type]
        people=_nobody,  # type: ignore[arg-type]
        ledger=_nobody,  # type: ignore[arg-type]
        status_sink=_nobody,  # type: ignore[arg-type]
        profiles=_nobody,  # type: ignore[arg-type]
        mail_room=lambda: SmtpMailRoom(Connection("127.0.0.1", smtp_port), timeout_seconds=5),
        rates=_nobody,  # type: ignore[arg-type]
        hand_over=_nobody,  # type: ignore[arg-type]
        airflow_url="http://127.0.0.1:8080",
        sender="tieout@example.test",
    )
    set_up(office, {}, [])
    return office


@dataclass(frozen=True)
class Part:
    """Source lines that ended in one place, in minor units."""

    state: str
    line_count: int
    debit_minor: int
    credit_minor: int = 0
    reason: str = ""


@dataclass
class ReportedMonth:
    """Puts an entity's month into the store; each call states what a stage would have written."""

    url: str
    entity: str = "DE01"
    unit_key: str = UNIT
    kind: str = "payroll"
    journals: list[str] = field(default_factory=list)

    def documents(self, *parts: Part, name: str = "EXTF.csv") -> str:
        """One certified document whose lines ended in `parts`; returns its hash."""
        sha256 = hashlib.sha256(f"{self.entity}{self.unit_key}{name}".encode()).hexdigest()
        lines = sum(part.line_count for part in parts)
        debit = sum(part.debit_minor for part in parts)
        credit = sum(part.credit_minor for part in parts)
        with self._connect() as store:
            self._arrive(store, sha256, name, lines, debit, credit)
            first = 1
            for part in parts:
                external_id = self._journal(store, part) if part.state == "built" else None
                numbers = list(range(first, first + part.line_count))
                first += part.line_count
                store.execute(
                    "INSERT INTO disposition (document, unit_key, state, reason, external_id,"
                    " source_lines, line_count, debit_minor, credit_minor)"
                    " VALUES (%s, %s, %s, %s, %s, lines_as_ranges(%s), %s, %s, %s)",
                    (sha256, self.unit_key, part.state, part.reason, external_id, numbers,
                     len(numbers), part.debit_minor, part.credit_minor),
                )  # fmt: skip
            counts = [
                sum(part.line_count for part in parts if part.state == state)
                for state in ("built", "held", "excluded", "carried_over")
            ]
            store.execute(
                "INSERT INTO completeness_certificate VALUES"
                " (%s, %s, 1, 'stated', 'EUR', %s, %s, %s, %s, %s, %s, %s, %s)",
                (sha256, self.unit_key, lines, debit, credit, *counts, AT),
            )
        return sha256

    def _arrive(
        self, store: psycopg.Connection, sha256: str, name: str, lines: int, debit: int, credit: int
    ) -> None:
        store.execute(
            "INSERT INTO work_unit (unit_key, provider, kind, entity, period, state, created_at,"
            " changed_at) VALUES (%s, 'de-datev', %s, %s, '2026-10', 'built', %s, %s)"
            " ON CONFLICT DO NOTHING",
            (self.unit_key, self.kind, self.entity, AT, AT),
        )
        store.execute(
            "INSERT INTO source_document (sha256, provider, name, size_bytes, media_type,"
            " received_at, entity) VALUES (%s, 'de-datev', %s, 1, 'text/csv', %s, %s)",
            (sha256, name, AT, self.entity),
        )
        store.execute(
            "INSERT INTO unit_document (unit_key, sha256) VALUES (%s, %s)", (self.unit_key, sha256)
        )
        store.execute(
            "INSERT INTO document_control (sha256, origin, currency, line_count, debit_minor,"
            " credit_minor) VALUES (%s, 'stated', 'EUR', %s, %s, %s)",
            (sha256, lines, debit, credit),
        )

    def _journal(self, store: psycopg.Connection, part: Part) -> str:
        total = max(part.debit_minor, part.credit_minor)
        journal = Journal(
            key=JournalKey("demo", self.entity, JournalKind(self.kind), "2026-10", self.unit_key,
                           len(self.journals) + 1),
            accounting_date=date(2026, 10, 31), currency="EUR", memo="Payroll",
            lines=(JournalLine(1, "6000", total, "CC1", "", "earning", "Wages"),
                   JournalLine(2, "2200", -total, "", "", "net_pay", "Net")),
            input_versions=(),
        )  # fmt: skip
        store.execute(
            "INSERT INTO journal (external_id, journal_key, entity, kind, period, batch, revision,"
            " part, unit_key, accounting_date, currency, memo, debit_minor, line_count,"
            " content_hash, content, correlation_id, makers, state, ledger_ref, ledger_number,"
            " built_at, changed_at) VALUES (%s, %s, %s, %s, '2026-10', %s, %s, 1, %s,"
            " '2026-10-31', 'EUR', 'Payroll', %s, 2, %s, %s, %s, '{}', 'tied_out', '90417',"
            " 'JE90417', %s, %s)",
            (journal.external_id, journal.key.text(), self.entity, self.kind, self.unit_key,
             journal.key.revision, self.unit_key, total, journal.content_hash,
             journal.canonical_json(), uuid.uuid5(uuid.NAMESPACE_OID, journal.external_id), AT, AT),
        )  # fmt: skip
        for line in journal.lines:
            store.execute(
                "INSERT INTO journal_line (external_id, line_number, account, component_class,"
                " amount_minor, description) VALUES (%s, %s, %s, %s, %s, '')",
                (journal.external_id, line.number, line.account, line.component_class,
                 line.amount_minor),
            )  # fmt: skip
        self.journals.append(journal.external_id)
        return journal.external_id

    def tied(self, *classes: tuple[str, int, int, int], state: str = "tied") -> None:
        """A comparison by class: source, journal and ledger in minor units."""
        with self._connect() as store:
            run = store.execute(
                "INSERT INTO tie_out_run (entity, period, state, compared_at, journal_count)"
                " VALUES (%s, '2026-10', %s, %s, 1) RETURNING id",
                (self.entity, state, AT),
            ).fetchone()
            assert run is not None
            for name, source, journal, ledger in classes:
                store.execute(
                    "INSERT INTO tie_out_row VALUES (%s, %s, 'EUR', %s, %s, %s)",
                    (run[0], name, source, journal, ledger),
                )

    def finding(self, told: Finding, stage: str = "validate") -> None:
        """A finding in a document of the unit."""
        with self._connect() as store:
            store.execute(
                "INSERT INTO unit_finding (unit_key, stage, code, severity, message, document,"
                " line, field, found) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (self.unit_key, stage, told.code, told.severity.value, told.message,
                 told.where.document, told.where.line, told.where.field, told.found),
            )  # fmt: skip

    def expectation(self, name: str, *, success: bool, observed: str = "") -> None:
        """The outcome of an expectation on the unit's totals."""
        with self._connect() as store:
            store.execute(
                "INSERT INTO expectation_result VALUES"
                " (%s, 'payroll_batch', '1', %s, 'critical', %s, %s, %s, 'DE01', %s)",
                (self.unit_key, name, success, observed, AT, PERIOD.code),
            )

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url.replace("+psycopg", ""))


def held(office: Office, told: Finding, *, lines: int, amount_minor: int, **more: str) -> int:
    """An exception over source lines of a unit, as the build opens it."""
    unit = more.get("unit", UNIT)
    with office.warehouse.transaction() as work:
        return open_exception(
            work, told, at=office.now(), object_kind="unit", object_key=unit, period=PERIOD.code,
            cause=more.get("cause", told.message), entity=more.get("entity", "DE01"), batch=unit,
            item_count=lines, at_risk_minor=amount_minor, currency="EUR",
            due_at=datetime(2026, 11, 5, 16, 0, tzinfo=UTC),
        )  # fmt: skip
