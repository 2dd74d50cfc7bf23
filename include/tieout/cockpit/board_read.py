"""The close board's rows, read in one snapshot and put together per entity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from tieout.cockpit.alignment_read import alignment_of
from tieout.cockpit.exceptions_read import exceptions_of
from tieout.cockpit.figures import local_text
from tieout.cockpit.journals_read import journals_of
from tieout.cockpit.reading import Reader
from tieout.cockpit.run_links import RunLink, runs_of
from tieout.cockpit.stage_states import Cell, Facts, State, cells_of, gravest
from tieout.cockpit.tie_out_read import GONE, Compared, Totals, compared
from tieout.errors import ConfigurationError
from tieout.finance.company import Entity
from tieout.finance.mappings import MappingSet
from tieout.finance.windows import PostingWindow
from tieout.warehouse.store import Row, Work
from tieout.workflows.batches import cutoffs_of
from tieout.workflows.mappings import known_mappings
from tieout.workflows.office import Office
from tieout.workflows.windows import window_of

OPEN_STATES: Final = frozenset({"open", "assigned", "fixed", "released"})


@dataclass(frozen=True, slots=True)
class Due:
    """The next instant that matters to an entity."""

    what: str
    at: datetime


@dataclass(frozen=True)
class EntityRow:
    """One entity on the board."""

    entity: Entity
    state: State
    cells: Sequence[Cell]
    totals: Sequence[Totals]
    close_state: str
    open_exceptions: Sequence[Row]
    blocks: Sequence[Row]
    drift_count: int
    window: PostingWindow | None
    due: Due | None
    runs: Sequence[RunLink]


@dataclass(frozen=True)
class Board:
    """The board of a period for one reader."""

    period: str
    as_of: datetime
    ledger_read_at: datetime | None
    entities: Sequence[EntityRow]
    exceptions: Sequence[Row]
    journals: Sequence[Row]
    alignment: Sequence[Mapping[str, Any]] = ()

    def count(self, state: State) -> int:
        """How many entities stand in a state."""
        return sum(row.state is state for row in self.entities)

    @property
    def open_exceptions(self) -> list[Row]:
        """What is open now."""
        return [row for row in self.exceptions if row["state"] in OPEN_STATES]

    @property
    def closed_today(self) -> list[Row]:
        """What was closed on the business day of `as_of` (UTC)."""
        today = self.as_of.date()
        return [
            row
            for row in self.exceptions
            if row["closed_at"] is not None and row["closed_at"].date() == today
        ]


def board_of(office: Office, work: Work, reader: Reader, period: str) -> Board:
    """Read everything of a period that the reader may see."""
    now = office.now()
    mapping = known_mappings(office, work, now)
    exceptions = exceptions_of(work, reader, period, "")
    journals = journals_of(work, reader, period)
    compare = compared(office, work, reader, period)
    asked = {"period": period, "entities": list(reader.entities)}
    gathered = _Gathered(
        units=_grouped(work.rows("cockpit", "board_units", **asked)),
        stages=_stages(work, period),
        journals=_grouped(journals),
        exceptions=_grouped([row for row in exceptions if row["state"] in OPEN_STATES]),
        requests=_grouped(work.rows("cockpit", "approval_requests", **asked)),
    )
    rows = [_entity_row(office, mapping, gathered, one, period, now) for one in compare.values()]
    seen = [one.newest["compared_at"] for one in compare.values() if one.newest is not None]
    return Board(
        period=period,
        as_of=now,
        ledger_read_at=max(seen, default=None),
        entities=sorted(rows, key=lambda row: _urgency(row, now)),
        exceptions=exceptions,
        journals=journals,
        alignment=alignment_of(office, work, reader, period),
    )


@dataclass(frozen=True)
class _Gathered:
    """Rows of the snapshot by entity (stages by unit)."""

    units: Mapping[str, list[Row]]
    stages: Mapping[str, Mapping[str, Row]]
    journals: Mapping[str, list[Row]]
    exceptions: Mapping[str, list[Row]]
    requests: Mapping[str, list[Row]]


def _grouped(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["entity"]].append(row)
    return found


def _stages(work: Work, period: str) -> Mapping[str, Mapping[str, Row]]:
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in work.rows("cockpit", "board_stages", period=period):
        found[row["unit_key"]][row["stage"]] = row
    return found


def _entity_row(
    office: Office,
    mapping: MappingSet,
    gathered: _Gathered,
    one: Compared,
    period: str,
    now: datetime,
) -> EntityRow:
    entity = office.company.entity(one.entity)
    found = gathered.exceptions.get(one.entity, [])
    critical = [row for row in found if row["severity"] == "critical"]
    units = gathered.units.get(one.entity, [])
    window = _window(mapping, entity, period)
    facts = Facts(
        units=units,
        stages=gathered.stages,
        journals=[r for r in gathered.journals.get(one.entity, []) if r["state"] not in _PASSED_ON],
        critical=critical,
        expected=_owed(office, one.entity),
        run=one.newest,
        differs=any(total.difference_minor for total in one.totals),
        close_state=one.close_state,
        opens=None if window is None else window.opens_at,
        closes=None if window is None else window.closes_at,
        now=now,
        when=lambda at: local_text(at, entity.timezone),
    )
    cells = cells_of(facts)
    return EntityRow(
        entity=entity,
        state=gravest(cell.state for cell in cells),
        cells=cells,
        totals=one.totals,
        close_state=one.close_state,
        open_exceptions=found,
        blocks=critical,
        drift_count=len(one.open_drifts),
        window=window,
        due=_next_due(office, mapping, facts, one.entity),
        runs=runs_of(gathered.requests.get(one.entity, []), units),
    )


#: A rejected journal still asks for work; the others of `GONE` do not.
_PASSED_ON: Final = frozenset(GONE) - {"rejected"}


def _owed(office: Office, entity: str) -> list[str]:
    """Live payroll providers that serve the entity."""
    found = []
    for code in office.unit_providers("payroll"):
        served = office.company.provider(code).profile.get("entities")
        if isinstance(served, Mapping) and entity in served.values():
            found.append(code)
    return found


def _window(mapping: MappingSet, entity: Entity, period: str) -> PostingWindow | None:
    try:
        return window_of(mapping, entity, period, "payroll")
    except ConfigurationError:
        # No rule, or two that fit equally: the post cell says so, the rest of the board stands.
        return None


def _next_due(office: Office, mapping: MappingSet, facts: Facts, entity: str) -> Due | None:
    """What is overdue or comes first: what blocks, the posting window, the payroll cutoff."""
    dues = [Due(row["title"], row["due_at"]) for row in facts.critical if row["due_at"] is not None]
    tied = facts.close_state in {"tied", "signed"}
    if not tied and facts.opens is not None and facts.closes is not None:
        ahead = facts.now < facts.opens
        what, at = ("posting window opens", facts.opens) if ahead else (
            "posting window closes", facts.closes)  # fmt: skip
        dues.append(Due(what, at))
    dues += [
        Due(f"payroll cutoff {cutoff.period}", cutoff.at)
        for cutoff in cutoffs_of(office, mapping, entity)
        if cutoff.at > facts.now
    ]
    return min(dues, key=lambda due: due.at, default=None)


def _urgency(row: EntityRow, now: datetime) -> tuple[Any, ...]:
    """Least time left first; what is done comes last."""
    done = row.state is State.DONE
    left = (row.due.at - now).total_seconds() if row.due else float("inf")
    return done, list(State).index(row.state), left, row.entity.code
