"""Keep built journals within what the ledger takes in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tieout.finance.mappings import MappingSet
from tieout.finance.periods import calendar_month
from tieout.workflows.office import Office

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import Built


def within_limit(
    office: Office, frame_kind: str, frame: pl.DataFrame, built: Built, mapping: MappingSet
) -> Built:
    """The build with every journal short enough for the ledger, in parts where it is not.

    Raises:
        JournalTooLongError: lines that only balance together are more than the ledger takes, and
            no transfer account is named in the posting policy.
    """
    from tieout.stages.build.cutting import LineLimit, in_parts

    if not built.journals:
        return built
    transfer = {}
    for item in built.journals:
        key = item.journal.key
        on = calendar_month(key.period).ends
        row = mapping.best("posting", key.entity, on, journal_kind=key.kind.value)
        transfer[key.entity] = "" if row is None else row["transfer_account"]
    limit = LineLimit(office.ledger().limits.journal_lines, transfer)
    return in_parts(frame_kind, frame, built, limit)
