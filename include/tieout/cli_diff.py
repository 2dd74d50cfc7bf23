"""`tieout diff`: why two journals, or two builds, differ; the causes sum to the difference.

Exit code 0: equal. 2: they differ. 1: they can't be compared; the reason is one sentence on
standard error.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tieout.errors import Place
from tieout.finance.journal_diff import Change, Part, Side, by_cause, changes, side_of
from tieout.finance.journals import Journal, JournalKind
from tieout.settings.out_folder import (
    ResultUnusableError,
    document_names,
    journal_files,
    lineage_of,
    read_certificate,
    read_journal,
    read_lineage,
)

EQUAL, DIFFERS = 0, 2
#: Fewer people of a pay run than this would show one person's pay on a terminal.
SMALLEST_GROUP: Final = 4
#: Entity, kind, currency.
Subject = tuple[str, str, str]


def add_commands(commands: Any) -> None:
    """Register the command."""
    diff = commands.add_parser(
        "diff", help="why two journals or two builds differ", description=__doc__
    )
    diff.add_argument("a", type=Path, metavar="A", help="folder of a build, or a journal's file")
    diff.add_argument("b", type=Path, metavar="B", help="the same, to compare with")
    diff.add_argument("--json", action="store_true", help="print all amounts as JSON")
    diff.set_defaults(handler=_diff)


def _diff(options: argparse.Namespace) -> int:
    from tieout.cli import emit

    before, after = _sides(options.a), _sides(options.b)
    if (options.a.is_file() or options.b.is_file()) and before.keys() != after.keys():
        shown = [" ".join(next(iter(sides), ())) for sides in (before, after)]
        raise ResultUnusableError(
            f"{shown[0]} can't be compared with {shown[1]}.",
            where=Place(str(options.b)),
            next_step="Name two journals of the same entity, kind and currency, or two folders.",
        )
    told, text = [], []
    for subject in sorted(before.keys() | after.keys()):
        sides = before.get(subject, Side()), after.get(subject, Side())
        found = changes(*sides)
        told.append(_told(subject, *sides, found))
        text.append(_text(subject, *sides, found))
    equal = all(one["equal"] for one in told)
    figures = {"a": str(options.a), "b": str(options.b), "equal": equal, "journals": told}
    emit(options, figures, "\n".join([*text, "equal" if equal else "they differ"]))
    return EQUAL if equal else DIFFERS


def _sides(path: Path) -> Mapping[Subject, Side]:
    """What a folder or a file books, by entity, kind and currency.

    Raises:
        ResultUnusableError: something is missing or broken.
        ConflictError: a journal was altered, or its lineage does not sum to it.
    """
    if not path.exists():
        raise ResultUnusableError(
            f"There is no {path}.", next_step="Name a folder of a build, or a journal below it."
        )
    out = path if path.is_dir() else path.resolve().parent.parent
    if path.is_file() and not (out / "lineage.csv").exists():
        # A journal that was copied somewhere with its lineage.
        out = path.resolve().parent
    files = list(journal_files(out).values()) if path.is_dir() else [path]
    lineage = read_lineage(out)
    names = document_names(read_certificate(out)) if (out / "certificate.json").exists() else {}
    by_subject: dict[Subject, list[Journal]] = defaultdict(list)
    for journal in map(read_journal, files):
        key = journal.key
        by_subject[key.entity, key.kind.value, journal.currency].append(journal)
    return {
        subject: side_of([(one, lineage_of(one, lineage)) for one in journals], names)
        for subject, journals in by_subject.items()
    }


def _heads(side: Side) -> list[dict[str, str]]:
    return [
        {
            "external_id": one.external_id,
            "period": one.key.period,
            "accounting_date": one.accounting_date.isoformat(),
            "content_hash": one.content_hash,
        }
        for one in sorted(side.journals, key=lambda one: one.external_id)
    ]


def _told(subject: Subject, before: Side, after: Side, found: list[Change]) -> dict[str, Any]:
    from tieout.finance.money import to_text

    entity, kind, currency = subject
    heads = _heads(before), _heads(after)
    return {
        "entity": entity,
        "kind": kind,
        "currency": currency,
        "equal": heads[0] == heads[1],
        "a": heads[0],
        "b": heads[1],
        "rules_only_in_a": sorted(before.rules - after.rules),
        "rules_only_in_b": sorted(after.rules - before.rules),
        "causes": {
            cause.value: {"added": to_text(plus, currency), "taken": to_text(minus, currency)}
            for cause, (plus, minus) in by_cause(found).items()
        },
        "changes": [
            {
                **dict(zip(("account", "cost_center", "project"), one.key, strict=True)),
                "class": {"a": one.class_before, "b": one.class_after},
                "people": {"a": one.people_before, "b": one.people_after},
                "a": to_text(one.before_minor, currency),
                "b": to_text(one.after_minor, currency),
                "change": to_text(one.amount_minor, currency),
                "causes": [
                    {
                        "cause": part.cause.value,
                        "document_a": part.document_before,
                        "document_b": part.document_after,
                        "name": _name(part, before, after),
                        "source_lines": len(part.source_lines),
                        "amount": to_text(part.amount_minor, currency),
                    }
                    for part in one.parts
                ],
            }
            for one in found
        ],
    }


def _name(part: Part, before: Side, after: Side) -> str:
    """Provider and name of a document, or the hash where nobody kept the name."""
    if part.document_after:
        return after.names.get(part.document_after, part.document_after)
    return before.names.get(part.document_before, part.document_before)


def _text(subject: Subject, before: Side, after: Side, found: list[Change]) -> str:
    """The difference for people: sums by cause, then each account without single persons' pay."""
    heads = [", ".join(one["external_id"] for one in _heads(side)) for side in (before, after)]
    rows = [f"{' '.join(subject)}: {heads[0] or 'nothing'} -> {heads[1] or 'nothing'}"]
    if _heads(before) == _heads(after):
        return f"{rows[0]}: same bytes"
    if not found:
        rows.append("  the same amounts; rules, dates or words differ")
    told = _told(subject, before, after, found)
    rows += [f"  rule only in A: {name}" for name in told["rules_only_in_a"]]
    rows += [f"  rule only in B: {name}" for name in told["rules_only_in_b"]]
    if _whole_is_shown(subject, found):
        rows += [
            f"  {cause:<18} {sums['added']:>16} {sums['taken']:>16}"
            for cause, sums in told["causes"].items()
        ]
    for change, one in zip(found, told["changes"], strict=True):
        rows += _change_rows(change, one, shown=_is_shown(subject, change))
    return "\n".join(rows)


def _change_rows(change: Change, one: Mapping[str, Any], *, shown: bool) -> Iterator[str]:
    dimensions = " ".join(filter(None, change.key))
    labels = " -> ".join(
        dict.fromkeys((change.class_before or "none", change.class_after or "none"))
    )
    people = f"people {change.people_before} -> {change.people_after}"
    amount = one["change"] if shown else f"fewer than {SMALLEST_GROUP} people"
    yield f"  {dimensions} ({labels}; {people}): {amount}"
    for part in one["causes"]:
        amount = part["amount"] if shown else "-"
        yield f"    {part['cause']:<18} {amount:>16}  {part['name']}, {part['source_lines']} lines"


def _is_shown(subject: Subject, change: Change) -> bool:
    """Whether no single person's pay can be read from the amounts of a change."""
    if subject[1] != JournalKind.PAYROLL.value:
        return True
    counts = change.people_before, change.people_after
    groups = {*counts, abs(counts[0] - counts[1])} - {0}
    return all(count >= SMALLEST_GROUP for count in groups)


def _whole_is_shown(subject: Subject, found: list[Change]) -> bool:
    """Sums by cause are shown unless they stand for one small group alone."""
    return any(_is_shown(subject, change) for change in found) or not found
