"""The only place that joins ports to adapters; it imports the one it needs, when it needs it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from tieout.errors import ConfigurationError, SettingsError
from tieout.finance.company import Provider
from tieout.settings.company_files import load_company, load_roles
from tieout.settings.connections import StatedConnection, connection, warehouse_url
from tieout.settings.environment import Settings, airflow_base_url, settings
from tieout.settings.mapping_files import read_mapping_files
from tieout.warehouse.slots import PostgresSlots
from tieout.warehouse.store import Warehouse, sql_root
from tieout.workflows.mappings import Proposal
from tieout.workflows.office import Office

if TYPE_CHECKING:
    from tieout.adapters.drop.source import ReadFile
    from tieout.adapters.transport.connection import Connection
    from tieout.ports import Clock, Ledger, MailRoom, Profiles, Rates, Source, StatusSink

LOOPBACK = {"127.0.0.1", "localhost", "::1", ""}


def office(chosen: Settings | None = None) -> Office:
    """Everything a workflow may touch, from the settings and connections of this process."""
    here = chosen or settings()
    return _office(here.model_dump_json())


@cache
def _office(key: str) -> Office:
    here = Settings.model_validate_json(key)
    from tieout.adapters.objects.local import LocalObjects

    warehouse = Warehouse(warehouse_url(here.home_folder))
    company = load_company(here.config_folder, here.tenant)
    clock = make_clock(here)
    joined = _Joined(here, warehouse, company.providers, clock)
    source = cache(joined.source)
    mail = connection("mail_smtp", here.home_folder) if _stated(here, "mail_smtp") else None
    return Office(
        warehouse=warehouse,
        objects=LocalObjects(here.objects_location),
        clock=clock,
        company=company,
        source=source,
        people=cache(joined.people),
        ledger=cache(
            lambda: joined.ledger(
                {
                    code: (entity.erp_ref, entity.functional_currency)
                    for code, entity in company.entities.items()
                }
            )
        ),
        status_sink=lambda provider: cast("StatusSink", joined.source(provider)),
        profiles=lambda provider: _profiles(source(provider)),
        mail_room=joined.mail_room,
        rates=cache(joined.rates),
        hand_over=lambda name, content: hand_over(here, name, content),
        airflow_url=airflow_base_url(),
        sender=str((mail.extra if mail else {}).get("from_address", "tieout@example.test")),
    )


def _profiles(source: Source) -> Profiles | None:
    """The source itself where it says whom it knows; a folder of extracts does not."""
    return cast("Profiles", source) if hasattr(source, "profiles") else None


def _stated(here: Settings, name: str) -> bool:
    try:
        connection(name, here.home_folder)
    except SettingsError:
        return False
    return True


def make_clock(here: Settings) -> Clock:
    """Business time: real, or the demonstration's shared clock on a machine of loopback only."""
    from tieout.adapters.clock import SharedClock, SystemClock

    if here.clock is None:
        return SystemClock()
    for name in ("tieout_warehouse", "erp_netsuite", "expense_concur", "hr_workday", "mail_smtp"):
        if not _stated(here, name):
            continue
        host = connection(name, here.home_folder).host
        bare = urlsplit(host).hostname if "://" in host else host
        if (bare or "") not in LOOPBACK:
            raise SettingsError(
                f"A shared clock is set, but {name} is at {bare}.",
                blocks="everything that depends on business time",
                next_step="Unset TIEOUT_CLOCK; it is for demonstrations on this machine alone.",
            )
    return SharedClock(here.clock)


def hand_over(here: Settings, name: str, content: bytes) -> str:
    """Write a file for payroll durably below `handover/`; returns where."""
    target = here.home_folder / "handover" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".tmp")
    with partial.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(target)
    return str(target)


class _Joined:
    """Makes the adapter of a provider from its profile and connection."""

    def __init__(
        self,
        here: Settings,
        warehouse: Warehouse,
        providers: Mapping[str, Provider],
        clock: Clock,
    ) -> None:
        self._here = here
        self._providers = providers
        self._clock = clock
        self._slots = PostgresSlots(warehouse)

    def _connection(self, name: str) -> Connection:
        from tieout.adapters.transport.connection import (
            Connection,
        )

        found: StatedConnection = connection(name, self._here.home_folder)
        return Connection(found.host, found.port, found.login, found.password, found.extra)

    def _provider(self, code: str) -> Provider:
        if code not in self._providers:
            raise ConfigurationError(
                f"There is no provider {code!r}.",
                next_step="Add its file below config/providers, or correct the code.",
            )
        return self._providers[code]

    def source(self, code: str) -> Source:
        """The source of one provider."""
        provider = self._provider(code)
        profile = provider.profile
        if provider.kind == "workday":
            from tieout.adapters.workday import source as workday

            return workday.make(profile, self._connection(provider.connection), slots=self._slots)
        if provider.kind == "concur":
            from tieout.adapters.concur import source as concur
            from tieout.adapters.concur.token_file import (
                TokenFile,
            )

            folder = self._here.home_folder / "tokens"
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            return concur.make(
                profile,
                self._connection(provider.connection),
                TokenFile(folder / f"{code}.json"),
                slots=self._slots,
            )
        from tieout.adapters.drop.source import DropSource

        folder = Path(str(self._connection(provider.connection).extra["path"]))
        return DropSource(code, folder, file_reader(provider.kind), profile)

    def people(self) -> Source:
        """HR's employees."""
        from tieout.adapters.workday import source as workday

        provider = self._provider("workday-hr")
        return workday.make_people(
            provider.profile, self._connection(provider.connection), slots=self._slots
        )

    def ledger(self, entities: Mapping[str, tuple[str, str]]) -> Ledger:
        """The ERP's ledger."""
        from tieout.adapters.netsuite.ledger import NetSuiteLedger
        from tieout.adapters.netsuite.posting import (
            EntityInLedger,
        )
        from tieout.adapters.netsuite.queries import (
            load_statements,
        )

        provider = self._provider("netsuite")
        known = {code: EntityInLedger(ref, currency) for code, (ref, currency) in entities.items()}
        return NetSuiteLedger(
            self._connection(provider.connection),
            known,
            load_statements(sql_root() / "netsuite"),
            self._slots,
            self._clock,
            concurrency=int(str(provider.profile.get("concurrent_requests", 2))),
        )

    def rates(self) -> Rates:
        """The central bank's published rates."""
        from tieout.adapters.rates.ecb import EcbRates

        return EcbRates()

    def mail_room(self) -> MailRoom:
        """Where mails go out."""
        from tieout.adapters.mail.smtp import SmtpMailRoom

        return SmtpMailRoom(self._connection("mail_smtp"))


def file_reader(kind: str) -> ReadFile:
    """The reader of a file format by the kind of its provider."""
    if kind == "extf":
        from tieout.adapters.datev.reader import read_file as datev

        return datev
    if kind == "sie":
        from tieout.adapters.sie.reader import read_file as sie

        return sie
    if kind == "fec":
        from tieout.adapters.fec.reader import read_file as fec

        return fec
    if kind == "delimited":
        from tieout.adapters.delimited.reader import (
            read_file as delimited,
        )

        return delimited
    raise ConfigurationError(
        f"There is no reader for files of kind {kind!r}.",
        next_step="Use extf, sie, fec or delimited.",
    )


def stated_proposals(here: Settings) -> list[Proposal]:
    """The mapping and policy rows of finance's files."""
    return [
        Proposal(row.table, row.content, row.valid_from, "stated in config", row.valid_to)
        for row in read_mapping_files(here.config_folder)
    ]


def stated_roles(here: Settings) -> Mapping[str, tuple[str, list[str]]]:
    """The users and roles of config/roles.yaml."""
    return load_roles(here.config_folder)
