"""What is missing for a close, and the cure; each check stands alone and says one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from tieout.errors import TieoutError
from tieout.settings.environment import settings

if TYPE_CHECKING:
    from tieout.workflows.office import Office


@dataclass(frozen=True, slots=True)
class Check:
    """One question with its answer."""

    name: str
    ok: bool
    said: str
    cure: str = ""

    def as_dict(self) -> dict[str, object]:
        """The JSON form."""
        return asdict(self)


def examine() -> list[Check]:
    """All checks, in the order in which they must be cured."""
    return list(_checks())


def _checks() -> Iterator[Check]:
    from tieout import bootstrap

    here = settings()
    yield _asked("configuration", _configuration)
    store = _asked("warehouse", _warehouse)
    yield store
    if not store.ok:
        return  # everything that follows needs the store
    yield _asked("business clock", lambda: bootstrap.make_clock(here).now().isoformat())
    try:
        office = bootstrap.office()
    except TieoutError:
        return
    for provider in office.unit_providers():
        yield _asked(f"source {provider}", partial(_source, office, provider))
    yield _asked("ledger", lambda: f"{len(office.ledger().periods())} posting periods seen")


def _asked(name: str, ask: Callable[[], str]) -> Check:
    try:
        return Check(name, ok=True, said=ask())
    except TieoutError as error:
        return Check(name, ok=False, said=error.message, cure=error.next_step or "See its message.")
    except OSError as error:
        return Check(name, ok=False, said=str(error), cure="See `make status`.")


def _configuration() -> str:
    from tieout import bootstrap
    from tieout.settings.company_files import load_company

    here = settings()
    company = load_company(here.config_folder, here.tenant)
    rows = len(bootstrap.stated_proposals(here))
    return f"{len(company.entities)} entities, {len(company.providers)} providers, {rows} rules"


def _warehouse() -> str:
    from tieout import bootstrap

    with bootstrap.office().warehouse.transaction() as work:
        return f"answers, its time is {work.database_now():%Y-%m-%d %H:%M:%S%z}"


def _source(office: Office, code: str) -> str:
    from tieout.ports import Wanted
    from tieout.workflows.sweep import closing_period

    offered = office.source(code).discover(Wanted(closing_period(office)))
    return f"answers; {len(offered)} documents of the period being closed"
