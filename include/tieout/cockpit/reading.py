"""One snapshot per answer: rows, counts and totals of a page are of the same instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tieout.errors import TieoutError
from tieout.warehouse.store import Work
from tieout.workflows.office import Office

#: Roles that read finance's pages; `platform` runs the system and reads none.
READERS: Final = ("finance_ops", "finance_lead", "controller", "auditor")
ALL: Final = "*"


class UnknownObjectError(TieoutError):
    """There is no such object, or it belongs to an entity that the reader does not cover."""

    code = "unknown"


@dataclass(frozen=True, slots=True)
class Reader:
    """A signed-in user with the entities that the reading roles cover; `*` is all."""

    user: str
    entities: tuple[str, ...]

    def covers(self, entity: str) -> bool:
        """Whether the reader may see the entity; what belongs to none is for everybody."""
        return not entity or ALL in self.entities or entity in self.entities


@contextmanager
def reading(office: Office) -> Iterator[Work]:
    """A read-only snapshot of the store."""
    with office.warehouse.transaction() as work:
        work.run("cockpit", "begin_reading")
        yield work
