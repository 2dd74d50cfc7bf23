"""Entries, headings and built journals for the kinds that are booked beside a run's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from tieout.finance.journals import Journal, JournalKey, JournalKind
from tieout.finance.periods import AccountingPeriod, calendar_month
from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.entries import Entry, Heading, journal_of

OCTOBER: AccountingPeriod = calendar_month("2026-10")
NOVEMBER: AccountingPeriod = calendar_month("2026-11")
DOCUMENT, OTHER_DOCUMENT = "d" * 64, "e" * 64


def cost(
    account: str,
    amount_minor: int,
    cost_center: str = "CC410",
    *,
    project: str = "",
    component_class: str = "wages",
    document: str = DOCUMENT,
    lines: tuple[int, ...] = (1,),
) -> Entry:
    """A debit of cost with the source lines behind it."""
    return Entry(account, amount_minor, component_class, cost_center, project, (document, lines))


def heading(
    kind: JournalKind = JournalKind.PAYROLL,
    *,
    entity: str = "DE01",
    batch: str = "de-datev:R-88:1",
    period: AccountingPeriod = OCTOBER,
    currency: str = "EUR",
    revision: int = 1,
) -> Heading:
    """What stands above a journal, at its period's end."""
    key = JournalKey("demo", entity, kind, period.code, batch, revision)
    return Heading(key, period.ends, currency, f"{kind.value} {entity} {period.code}")


def built_of(*entries: Entry, **stated: object) -> BuiltJournal:
    """A journal of these entries; `stated` as for `heading`."""
    made = journal_of(heading(**stated), entries)  # type: ignore[arg-type]  # by name
    assert made is not None
    return made


def a_run(*costs: Entry, net: str = "2400", **stated: object) -> BuiltJournal:
    """The journal of a run: costs against net pay."""
    sides = [side for one in costs for side in (one, one.against(net, "net_pay"))]
    return built_of(*sides, **stated)


def booked(journals: Iterable[Journal]) -> dict[tuple[str, str, str], int]:
    """What journals book together per account and dimensions, without what nets to zero."""
    totals: dict[tuple[str, str, str], int] = defaultdict(int)
    for journal in journals:
        for line in journal.lines:
            totals[line.account, line.cost_center, line.project] += line.amount_minor
    return {face: total for face, total in sorted(totals.items()) if total}


def by_account(journal: Journal) -> dict[str, int]:
    """Amount per account."""
    totals: dict[str, int] = defaultdict(int)
    for line in journal.lines:
        totals[line.account] += line.amount_minor
    return dict(totals)


def assert_sources_sum_to_lines(built: BuiltJournal) -> None:
    """Each line is the sum of its lineage, and the class totals are those of its lines."""
    behind: dict[int, int] = defaultdict(int)
    for link in built.lineage:
        behind[link.line_number] += link.amount_minor
    assert behind == {line.number: line.amount_minor for line in built.journal.lines}
    classes: dict[str, int] = defaultdict(int)
    for line in built.journal.lines:
        classes[line.component_class] += line.amount_minor
    stated = {name: total for name, total in built.source_totals.items() if total}
    assert stated == {name: total for name, total in classes.items() if total}


def day(text: str) -> date:
    """`2026-10-31`."""
    return date.fromisoformat(text)
