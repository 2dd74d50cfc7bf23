"""`tieout diff`: why two journals, or two builds, differ; the causes sum to the difference.

Exit code 0: equal. 2: they differ. 1: they can't be compared; the reason is one sentence on
standard error.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tieout.errors import Place
from tieout.finance.journal_diff import Change, Part, by_cause, changes
from tieout.finance.journal_keys import HOLD_PAY
from tieout.finance.journal_sides import Side, side_of
from tieout.finance.journals import Journal
from tieout.finance.money import to_text
from tieout.finance.rebuild_check import Reason, rule_reasons
from tieout.settings.out_evidence import carried_lines, evidence_of
from tieout.settings.out_folder import (
    ResultUnusableError,
    document_names,
    journal_files,
    lineage_of,
    read_certificate,
    read_journal,
    read_lineage,
    read_rules,
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


@dataclass(frozen=True)
class Compared:
    """The two sides of one subject, what changed between them, and the rules behind it."""

    subject: Subject
    before: Side
    after: Side
    found: Sequence[Change]
    rules: Sequence[Reason]

    @property
    def equal(self) -> bool:
        """Whether both sides have the same journals with the same bytes."""
        return _heads(self.before) == _heads(self.after)


def _diff(options: argparse.Namespace) -> int:
    from tieout.cli import emit

    compared = _compare(options.a, options.b)
    equal = all(one.equal for one in compared)
    figures = {
        "a": str(options.a),
        "b": str(options.b),
        "equal": equal,
        "journals": [_told(one) for one in compared],
    }
    text = "\n".join([*map(_text, compared), "equal" if equal else "they differ"])
    emit(options, figures, text)
    return EQUAL if equal else DIFFERS


def _compare(a: Path, b: Path) -> list[Compared]:
    before, after = _sides(a), _sides(b)
    if (a.is_file() or b.is_file()) and before.keys() != after.keys():
        shown = [" ".join(next(iter(sides), ())) for sides in (before, after)]
        raise ResultUnusableError(
            f"{shown[0]} can't be compared with {shown[1]}.",
            where=Place(str(b)),
            next_step="Name two journals of the same entity, kind and currency, or two folders.",
        )
    was, now = read_rules(_out_of(a)), read_rules(_out_of(b))
    found = []
    for subject in sorted(before.keys() | after.keys()):
        old, new = before.get(subject, Side()), after.get(subject, Side())
        differ = _heads(old) != _heads(new)
        rules = list(rule_reasons(old.rules, new.rules, was, now)) if differ else []
        found.append(Compared(subject, old, new, changes(old, new), rules))
    return found


def _out_of(path: Path) -> Path:
    """The folder whose lineage belongs to a path: itself, or one or two above a journal's file."""
    if path.is_dir():
        return path
    beside = path.resolve().parent
    return beside.parent if (beside.parent / "lineage.csv").exists() else beside


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
    out = _out_of(path)
    files = list(journal_files(out).values()) if path.is_dir() else [path]
    lineage = read_lineage(out)
    names = document_names(read_certificate(out)) if (out / "certificate.json").exists() else {}
    by_subject: dict[Subject, list[Journal]] = defaultdict(list)
    for journal in map(read_journal, files):
        key = journal.key
        by_subject[key.entity, key.kind.value, journal.currency].append(journal)
    carried = carried_lines(out)
    return {
        subject: replace(
            side_of([(one, lineage_of(one, lineage)) for one in journals], names),
            evidence=evidence_of(out, journals),
            carried=carried,
        )
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


def _told(compared: Compared) -> dict[str, Any]:
    """All figures of a comparison; amounts are decimal text."""
    entity, kind, currency = compared.subject
    before, after = compared.before, compared.after
    return {
        "entity": entity,
        "kind": kind,
        "currency": currency,
        "equal": compared.equal,
        "a": _heads(before),
        "b": _heads(after),
        "rules": [{"which": one.which, "how": one.how} for one in compared.rules],
        "causes": {
            cause.value: {"added": to_text(plus, currency), "taken": to_text(minus, currency)}
            for cause, (plus, minus) in by_cause(compared.found).items()
        },
        "changes": [_change(one, before, after, currency) for one in compared.found],
    }


def _change(one: Change, before: Side, after: Side, currency: str) -> dict[str, Any]:
    return {
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


def _name(part: Part, before: Side, after: Side) -> str:
    """Provider and name of a document, or the hash where nobody kept the name."""
    if part.document_after:
        return after.names.get(part.document_after, part.document_after)
    return before.names.get(part.document_before, part.document_before)


def _text(compared: Compared) -> str:
    """The difference for people: sums by cause, then each account without single persons' pay."""
    heads = [
        ", ".join(one["external_id"] for one in _heads(side)) or "nothing"
        for side in (compared.before, compared.after)
    ]
    rows = [f"{' '.join(compared.subject)}: {heads[0]} -> {heads[1]}"]
    if compared.equal:
        return f"{rows[0]}: same bytes"
    if not compared.found:
        rows.append("  the same amounts; rules, dates or words differ")
    rows += [f"  rule {one.which}: {one.how}" for one in compared.rules]
    told = _told(compared)
    shown = [_is_shown(compared.subject, change) for change in compared.found]
    if any(shown):
        rows += [
            f"  {cause:<18} {sums['added']:>16} {sums['taken']:>16}"
            for cause, sums in told["causes"].items()
        ]
    for change, one, is_shown in zip(compared.found, told["changes"], shown, strict=True):
        rows += _change_rows(change, one, shown=is_shown)
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
        behind = f"{part['name']}, {part['source_lines']} source lines"
        yield f"    {part['cause']:<18} {amount:>16}  {behind}"


def _is_shown(subject: Subject, change: Change) -> bool:
    """Whether no single person's pay can be read from the amounts of a change."""
    if subject[1] not in HOLD_PAY:
        return True
    counts = change.people_before, change.people_after
    groups = {*counts, abs(counts[0] - counts[1])} - {0}
    return all(count >= SMALLEST_GROUP for count in groups)
