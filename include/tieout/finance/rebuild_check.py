"""What differs between a journal that was kept and the one that its inputs give again.

Reasons are told without amounts, so that they may stand on a terminal; `LineChange` holds them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tieout.finance.journals import Journal

#: Policies shape a journal without being named among its inputs.
POLICIES: Final = ("posting:", "dates_and_rates:")
#: What stands at the head of a journal, lines and inputs apart.
HEAD: Final = ("key", "accounting_date", "currency", "memo", "correlation_id")


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that differs: what it is (file, rule, document, head, held), which, and how."""

    what: str
    which: str
    how: str


@dataclass(frozen=True, slots=True)
class LineChange:
    """Lines on one account and dimensions, with amounts in minor units before and after.

    Lines of a journal are told by their numbers in the kept and the rebuilt one.
    """

    account: str
    cost_center: str
    project: str
    numbers_before: tuple[int, ...]
    numbers_after: tuple[int, ...]
    before_minor: int
    after_minor: int


@dataclass(frozen=True)
class Evidence:
    """What is known of the rest of one build.

    Attributes:
        rules: `table:key@version` → what it says; None when the build kept none.
        names: document (SHA-256) → provider and name.
        held: (unit, entity) → what holds lines there.
        hashes: external id → content hash that the build stated.
    """

    rules: Mapping[str, str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    held: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one journal: same bytes, or what differs.

    `currency` is the one that the changes' amounts are counted in.
    """

    external_id: str
    state: str
    currency: str = ""
    reasons: tuple[Reason, ...] = ()
    lines: tuple[LineChange, ...] = ()


def judge(
    external_id: str, kept: bytes | None, rebuilt: Journal | None, was: Evidence, now: Evidence
) -> Verdict:
    """Compare a journal's kept bytes with what was built again.

    Args:
        external_id: the journal.
        kept: the bytes of its file; None when there is none.
        rebuilt: None when the inputs do not give it any more.
        was: the rest of the earlier build.
        now: the rest of this one.
    """
    fresh = rebuilt.canonical_json().encode() if rebuilt is not None else None
    if kept is not None and kept == fresh:
        return Verdict(external_id, "same")
    before = _content(kept) if kept is not None else {}
    after: Mapping[str, Any] = json.loads(fresh) if fresh is not None else {}
    state = "different"
    if kept is None or fresh is None:
        state = "not_kept" if kept is None else "not_built"
    reasons = [
        *_file(external_id, kept, before, was),
        *_documents(_named(before, "document"), _named(after, "document"), state, was, now),
        *rule_reasons(_named(before, "rule"), _named(after, "rule"), was.rules, now.rules),
        *_held(before or after, was, now),
        *_head(before, after),
    ]
    currency = str((after or before).get("currency", ""))
    return Verdict(external_id, state, currency, tuple(reasons), tuple(_lines(before, after)))


def _content(kept: bytes) -> Mapping[str, Any]:
    """The journal's content as far as it can be read; an altered one need not balance."""
    try:
        content = json.loads(kept)
        lines = content["lines"]
        [(one["account"], one["cost_center"], one["project"]) for one in lines]
        [(int(one["number"]), int(one["amount_minor"])) for one in lines]
        [(kind, name) for kind, name in content["inputs"]]
        content["key"].split("|")
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return dict(content)


def _named(content: Mapping[str, Any], kind: str) -> set[str]:
    return {name for stated, name in content.get("inputs", ()) if stated == kind}


def _file(
    external_id: str, kept: bytes | None, before: Mapping[str, Any], was: Evidence
) -> Iterator[Reason]:
    stated = was.hashes.get(external_id)
    if kept is None:
        if stated is not None:
            yield Reason("file", external_id, "is missing, though the certificate names it")
        return
    if stated is None:
        yield Reason("file", external_id, "the certificate of that build does not name it")
    elif stated != hashlib.sha256(kept).hexdigest():
        yield Reason("file", external_id, "was altered after it was written")
    if not before:
        yield Reason("file", external_id, "can't be read as a journal")


def _documents(
    before: set[str], after: set[str], state: str, was: Evidence, now: Evidence
) -> Iterator[Reason]:
    names_now = set(now.names.values())
    names_then = set(was.names.values())
    for sha in sorted(before - after):
        name = was.names.get(sha, sha)
        if sha in now.names:
            # Of a journal that is not built at all, the holds say more.
            if state == "different":
                yield Reason("document", name, "gives no line any more")
        elif name in names_now:
            yield Reason("document", name, "has other content")
        else:
            yield Reason("document", name, "is not among the inputs any more")
    for sha in sorted(after - before):
        name = now.names.get(sha, sha)
        if sha in was.names and state == "different":
            yield Reason("document", name, "gave no line before")
        elif sha not in was.names and name not in names_then:
            yield Reason("document", name, "is new among the inputs")


def rule_reasons(
    before: Iterable[str],
    after: Iterable[str],
    was: Mapping[str, str] | None,
    now: Mapping[str, str] | None,
) -> Iterator[Reason]:
    """The mapping rows behind a difference.

    Args:
        before: rows that the kept journal names.
        after: rows that the rebuilt one names.
        was: all rows of the earlier build with what they said; None when it kept none.
        now: the same of this build.
    """
    used, uses = set(before), set(after)
    if was is None or now is None:
        # Without what the rows said, only their names tell.
        yield from (Reason("rule", name, "is not used any more") for name in sorted(used - uses))
        yield from (Reason("rule", name, "was not used before") for name in sorted(uses - used))
        return
    changed = {name for name in was.keys() | now.keys() if was.get(name) != now.get(name)}
    behind = {name for name in changed if name in used | uses or name.startswith(POLICIES)}
    # A row that is nobody's input can still matter: it may have held or released lines.
    for name in sorted(behind or changed):
        how = "is new" if name not in was else (
            "is gone" if name not in now else "has other content")  # fmt: skip
        yield Reason("rule", name, how)


def _held(content: Mapping[str, Any], was: Evidence, now: Evidence) -> Iterator[Reason]:
    if not content:
        return
    _, entity, _, _, rest = content["key"].split("|", 4)
    unit = rest.rsplit("|", 2)[0], entity
    before, after = was.held.get(unit, frozenset()), now.held.get(unit, frozenset())
    yield from (Reason("held", one, "holds lines now") for one in sorted(after - before))
    yield from (Reason("held", one, "held lines before") for one in sorted(before - after))


def _head(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    if not before or not after:
        return
    for name in HEAD:
        was, now = before.get(name), after.get(name)
        if was != now:
            yield Reason("head", name, f"{was} before, {now} now")


def _lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[LineChange]:
    """Accounts and dimensions whose lines differ in anything but their number."""
    if not before or not after:
        return
    was, now = _by_key(before), _by_key(after)
    for key in sorted(was.keys() | now.keys(), key=str):
        old, new = was.get(key, []), now.get(key, [])
        if [_said(one) for one in old] == [_said(one) for one in new]:
            continue
        yield LineChange(
            *key,
            tuple(int(one["number"]) for one in old),
            tuple(int(one["number"]) for one in new),
            sum(int(one["amount_minor"]) for one in old),
            sum(int(one["amount_minor"]) for one in new),
        )


def _by_key(content: Mapping[str, Any]) -> Mapping[tuple[str, str, str], list[Mapping[str, Any]]]:
    lines: dict[tuple[str, str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for one in content["lines"]:
        lines[one["account"], one["cost_center"], one["project"]].append(one)
    return lines


def _said(line: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in line.items() if name != "number"}
