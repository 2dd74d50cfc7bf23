"""What journals book together, with the source lines behind it: one side of a comparison."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tieout.errors import ConflictError
from tieout.finance.journals import Journal, Lineage

#: Account, cost center, project.
LineKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """Source lines of one document behind one account and its dimensions, with their sum."""

    source_lines: frozenset[int] = frozenset()
    amount_minor: int = 0

    def __add__(self, other: Link) -> Link:
        return Link(self.source_lines | other.source_lines, self.amount_minor + other.amount_minor)


@dataclass(frozen=True, slots=True)
class Behind:
    """What one person of a pay run, or one expense, gives to an account with its dimensions.

    `spend` (currency and amount) and `rate` (with its direction) are those of a foreign expense.
    """

    amount_minor: int
    spend: str = ""
    rate: str = ""


#: Who stands behind an amount: a person's pseudonym or an expense's reference; empty for nobody.
Owner = str
#: Document (SHA-256) → account and dimensions → owner → what they give to it.
Evidence = Mapping[str, Mapping[LineKey, Mapping[Owner, Behind]]]
#: Document (SHA-256) → account and dimensions → link.
Links = Mapping[str, Mapping[LineKey, Link]]


@dataclass(frozen=True)
class Side:
    """What one side books.

    Attributes:
        links: the lineage by document.
        people: account and dimensions → people counted behind its lines.
        classes: account and dimensions → component class.
        names: document → its name, where it is known.
        evidence: who stands behind the links, where the build kept it.
        carried: document → its lines that were carried over to another period.
    """

    journals: tuple[Journal, ...] = ()
    links: Links = field(default_factory=dict)
    people: Mapping[LineKey, int] = field(default_factory=dict)
    classes: Mapping[LineKey, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    evidence: Evidence = field(default_factory=dict)
    carried: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def amount(self, key: LineKey) -> int:
        """Booked in minor units, debit positive."""
        return sum(links[key].amount_minor for links in self.links.values() if key in links)

    @property
    def rules(self) -> frozenset[str]:
        """The mapping rows used, each as `table:key@version`."""
        return frozenset(
            name for one in self.journals for kind, name in one.input_versions if kind == "rule"
        )


def side_of(built: Iterable[tuple[Journal, Sequence[Lineage]]], names: Mapping[str, str]) -> Side:
    """The side that these journals make together.

    Raises:
        ConflictError: a journal line is not the sum of its lineage.
    """
    links: dict[str, dict[LineKey, Link]] = defaultdict(dict)
    people: dict[LineKey, int] = defaultdict(int)
    classes: dict[LineKey, set[str]] = defaultdict(set)
    journals = []
    for journal, lineage in built:
        journals.append(journal)
        keys = {line.number: (line.account, line.cost_center, line.project)
                for line in journal.lines}  # fmt: skip
        _refuse_gaps(journal, lineage)
        for one in lineage:
            mine, key = links[one.document], keys[one.line_number]
            added = Link(frozenset(one.source_lines), one.amount_minor)
            mine[key] = mine.get(key, Link()) + added
        for line in journal.lines:
            people[keys[line.number]] += line.people_count
            classes[keys[line.number]].add(line.component_class)
    labels = {key: "+".join(sorted(values)) for key, values in classes.items()}
    return Side(tuple(journals), links, people, labels, names)


def _refuse_gaps(journal: Journal, lineage: Sequence[Lineage]) -> None:
    behind: dict[int, int] = defaultdict(int)
    for one in lineage:
        behind[one.line_number] += one.amount_minor
    if behind != {line.number: line.amount_minor for line in journal.lines}:
        raise ConflictError(
            f"The lineage does not sum to the lines of {journal.external_id}.",
            blocks="the explanation of its differences",
            next_step="Use the lineage that the same build wrote.",
        )
