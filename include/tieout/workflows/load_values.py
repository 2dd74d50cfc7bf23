"""What a load of documents is asked and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tieout.finance.company import Company
from tieout.finance.periods import AccountingPeriod
from tieout.settings.inputs_folder import InputFile
from tieout.workflows.batch_checks import Batch
from tieout.workflows.headless_values import Unread
from tieout.workflows.office import Office

if TYPE_CHECKING:
    from tieout.contracts.suites import BatchRow


@dataclass(frozen=True)
class Asking:
    """Whose documents are read, and when they were received."""

    company: Company
    known_at: datetime


#: Describes one file; importable by name, for other processes.
OpenFile = Callable[[Asking, InputFile], Unread]


@dataclass(frozen=True)
class Load:
    """What every process of a load needs; all of it is importable or plain.

    Attributes:
        office: opens the store of the process.
        open_file: describes a file.
        period: of documents that do not say.
        holder: who holds the units meanwhile.
    """

    office: Callable[[], Office]
    open_file: OpenFile
    period: AccountingPeriod
    holder: str


@dataclass
class Loaded:
    """What became of some documents.

    Attributes:
        units: key → whether something was new.
        new, duplicates, unread: names of documents.
        busy: units that another run holds; it does their work.
        seconds: wall time by stage.
        peak_kb: resident memory of the process at its highest.
        waiting: batches that the suites are yet to be asked about, all at once.
    """

    units: dict[str, bool] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    busy: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    peak_kb: dict[int, int] = field(default_factory=dict)
    waiting: dict[Batch, Sequence[BatchRow]] = field(default_factory=dict)

    def add(self, other: Loaded) -> None:
        """Take over what another task answered."""
        for unit, ran in other.units.items():
            self.units[unit] = ran or self.units.get(unit, False)
        self.new += other.new
        self.duplicates += other.duplicates
        self.unread += other.unread
        self.busy += other.busy
        self.waiting |= other.waiting
        for stage, seconds in other.seconds.items():
            self.seconds[stage] = self.seconds.get(stage, 0.0) + seconds
        for process, peak in other.peak_kb.items():
            self.peak_kb[process] = max(peak, self.peak_kb.get(process, 0))
