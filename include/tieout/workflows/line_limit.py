"""Keep built journals within what the ledger takes in one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tieout.finance.mappings import MappingSet
from tieout.finance.periods import calendar_month

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import Built


def built_within_limit(
    journal_lines: int,
    frame_kind: str,
    frame: pl.DataFrame,
    mapping: MappingSet,
    holds: dict[str, list[str]],
    made: Callable[[], Built],
) -> Built:
    """The build with every journal short enough for the ledger, in parts where it is not.

    Lines that only balance together and are more than the ledger takes wait, unless the posting
    policy names a transfer account: their documents are added to `holds`, and it is built again.

    Args:
        journal_lines: what the ledger takes in one journal.
        frame_kind: `pay_line` or `expense_line`.
        frame: the rows that are built.
        mapping: finance's rules.
        holds: document → `code|cause` texts; `made` reads it each time.
        made: builds the rows.

    Raises:
        JournalTooLongError: a journal is too long though all documents behind it wait.
    """
    from tieout.stages.build.parts import JournalTooLongError

    while True:
        built = made()
        try:
            return _within_limit(journal_lines, frame_kind, frame, built, mapping)
        except JournalTooLongError as error:
            # Also where the journal is another company's leg: what is behind it waits with it.
            cause = f"{error.code}|{error.line_count}"
            new = [name for name in error.documents if cause not in holds.get(name, [])]
            if not new:
                raise
            for document in new:
                holds.setdefault(document, []).append(cause)


def _within_limit(
    journal_lines: int, frame_kind: str, frame: pl.DataFrame, built: Built, mapping: MappingSet
) -> Built:
    from tieout.stages.build.cutting import LineLimit, in_parts

    if not built.journals:
        return built
    transfer = {}
    for item in built.journals:
        key = item.journal.key
        on = calendar_month(key.period).ends
        row = mapping.best("posting", key.entity, on, journal_kind=key.kind.value)
        transfer[key.entity] = "" if row is None else row["transfer_account"]
    return in_parts(frame_kind, frame, built, LineLimit(journal_lines, transfer))
