"""Which rule answers, what it overrides, since when it is known; and how a rule is undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tieout.errors import ConfigurationError, ConflictError
from tieout.finance.mapping_checks import Complaint, complaints
from tieout.finance.mapping_gaps import gaps
from tieout.finance.mapping_tables import TABLES
from tieout.finance.mappings import Fit, MappingRow
from tieout.warehouse.store import Row
from tieout.workflows.mapping_use import in_use
from tieout.workflows.mappings import WITHDRAWN, Proposal, known_mappings, record_proposal
from tieout.workflows.office import Office


@dataclass(frozen=True, slots=True)
class Explained:
    """What answers a question as of a day, known at an instant.

    Attributes:
        answers: the rows that answer: one, the shares of a split, or none.
        overridden: the rows that would answer if those were not there, most specific first.
        conflict: whether several rows fit equally, so that none is chosen.
    """

    answers: tuple[MappingRow, ...]
    overridden: tuple[MappingRow, ...]
    conflict: bool = False


def explain(
    office: Office,
    table: str,
    entity: str,
    on: date,
    known_at: datetime,
    wanted: Mapping[str, str],
) -> Explained:
    """Which rows answer a question as of `on`, as known at `known_at`.

    Raises:
        ConfigurationError: there is no such table or column.
    """
    if table not in TABLES:
        raise ConfigurationError(
            f"There is no mapping table {table!r}.", next_step=f"Use one of {', '.join(TABLES)}."
        )
    unknown = sorted(set(wanted) - set(TABLES[table].names))
    if unknown:
        raise ConfigurationError(
            f"{table} has no column {unknown[0]!r}.",
            next_step=f"Use one of {', '.join(TABLES[table].names)}.",
        )
    with office.warehouse.transaction() as work:
        mapping = known_mappings(office, work, known_at)
    fits = mapping.fits(table, entity, on, **wanted)
    if table == "cost_centers":
        split = mapping.split_of(
            wanted.get("provider", ""), entity, wanted.get("source_code", ""), on
        )
        rest = tuple(fit.row for fit in fits if fit.row not in split)
        return Explained(tuple(split), rest)
    return _ranked(fits)


def _ranked(fits: list[Fit]) -> Explained:
    first = tuple(fit.row for fit in fits if fit.rank == fits[0].rank)
    rest = tuple(fit.row for fit in fits if fit.rank != fits[0].rank)
    return Explained(first, rest, conflict=len(first) > 1)


def revert(office: Office, identity: int, author: str, reason: str) -> Row:
    """Propose what held before an active row: its earlier version, or that it never held.

    The history stays: undoing is a new version, decided by another person.

    Raises:
        ConflictError: the row is not active.
        ConfigurationError: no reason is given.
    """
    if not reason.strip():
        raise ConfigurationError("The proposal gives no reason.", next_step="Say why.")
    with office.warehouse.transaction() as work:
        row = work.row("reconcile", "mapping_row", id=identity)
        if row is None or row["state"] != "active":
            raise ConflictError(
                f"Rule {identity} is not active.", next_step="Reload; it was replaced already."
            )
        before = work.row(
            "reconcile", "earlier_mapping_version", table_name=row["table_name"],
            natural_key=row["natural_key"], valid_from=row["valid_from"], version=row["version"],
        )  # fmt: skip
        back = before or {**row, "valid_to": row["valid_from"] + WITHDRAWN}
        proposal = Proposal(
            row["table_name"], back["content"], row["valid_from"], reason, back["valid_to"]
        )
        return record_proposal(office, work, proposal, author)


def check_active(office: Office, on: date) -> list[Complaint]:
    """Everything wrong with the rules that are active now: conflicts, broken splits, gaps."""
    with office.warehouse.transaction() as work:
        mapping = known_mappings(office, work, office.now())
        return sorted({*complaints(mapping.rows), *gaps(mapping, in_use(office, work), on)})
