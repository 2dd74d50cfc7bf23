"""The cockpit's API: the one place of the demonstration that knows its addresses and fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from sandbox.demo.aligned import Aligned, aligned_of
from sandbox.demo.certified import Certified, certified_of
from sandbox.demo.proof import Line, StatedJournal
from sandbox.demo.sign_in import People

#: Reads finance's pages; `platform` may not.
READER: Final = "controller"
#: Journals in these states book nothing, so the ledger must not hold them.
GONE: Final = frozenset({"superseded", "rejected", "reversed", "refused_in_erp"})


@dataclass(frozen=True, slots=True)
class OpenException:
    """An entry of the exception queue, open or closed."""

    exception_id: int
    code: str
    severity: str
    state: str
    entity: str
    title: str
    blocks: str
    next_step: str
    owner: str
    item_count: int
    at_risk: str
    currency: str
    closed_how: str

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self.state not in {"closed", "waived"}

    @property
    def is_critical(self) -> bool:
        """Whether it holds something back."""
        return self.severity == "critical"


@dataclass(frozen=True, slots=True)
class JournalHead:
    """A journal in the list of its period."""

    external_id: str
    entity: str
    kind: str
    state: str
    revision: int
    currency: str
    debit: Decimal
    ledger_id: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to post: its first outcome, and what an unclear one was resolved to."""

    number: int
    outcome: str
    resolved: str
    ledger_id: str


@dataclass(frozen=True, slots=True)
class JournalDetail:
    """A journal with all that hangs on it; `cannot_post` says why it waits."""

    stated: StatedJournal
    cannot_post: str
    opens_at: str
    window_open: bool
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """A way in which the ledger was found changed; `cured_at` empty while it is."""

    entity: str
    external_id: str
    kind: str
    expected: str
    found: str
    amount: str
    currency: str
    cured_at: str


@dataclass(frozen=True, slots=True)
class TieOut:
    """How an entity compares: the three totals, the state, and every comparison so far."""

    entity: str
    currency: str
    state: str
    source: Decimal | None
    journal: Decimal | None
    ledger: Decimal | None
    difference: Decimal | None
    note: str
    run_states: tuple[str, ...]
    drifts: tuple[Drift, ...]


@dataclass(frozen=True, slots=True)
class DocumentEnds:
    """Where the source lines of one document ended."""

    provider: str
    name: str
    entity: str
    standing: str
    lines_in: int
    built: int
    held: int
    excluded: int
    carried_over: int

    @property
    def undisposed(self) -> int:
        """Lines without an end; negative when lines ended twice."""
        return self.lines_in - self.built - self.held - self.excluded - self.carried_over


class Cockpit:
    """The cockpit, read by the controller; every act goes out as the person who does it."""

    def __init__(self, people: People, period: str) -> None:
        self._people = people
        self._period = period

    def exceptions(self, state: str = "") -> list[OpenException]:
        """The period's exceptions: `open`, `closed`, or all."""
        return [_exception(each) for each in self._listed("exceptions", state=state)]

    def release(self, exception_id: int, user: str, reason: str) -> None:
        """Release what was corrected; the next run builds it."""
        self._people[user].post(
            f"/tieout/api/exceptions/{exception_id}/release", {"reason": reason}
        )

    def propose(
        self, user: str, table: str, content: Mapping[str, str], valid_from: str, reason: str
    ) -> int:
        """Propose a row of a mapping; returns the proposal's id."""
        proposal = {
            "table": table,
            "content": dict(content),
            "valid_from": valid_from,
            "reason": reason,
        }
        return int(self._people[user].post("/tieout/api/mappings", proposal)["id"])

    def proposed(self) -> dict[tuple[str, str], int]:
        """Proposals that wait for another person: (table, key) → id."""
        answer = self._people[READER].get("/tieout/api/mappings/proposed")
        return {
            (str(each["table"]), str(each["key"])): int(each["id"]) for each in answer["proposals"]
        }

    def approve(self, proposal_id: int, user: str, reason: str) -> None:
        """Approve a proposal; raises Refused for its author."""
        self._people[user].post(f"/tieout/api/mappings/{proposal_id}/approve", {"reason": reason})

    def journals(self) -> list[JournalHead]:
        """Every journal of the period, also those that were replaced."""
        return [_head(each) for each in self._listed("journals")]

    def journal(self, external_id: str) -> JournalDetail:
        """One journal."""
        return _detail(self._people[READER].get(f"/tieout/api/journals/{external_id}"))

    def tie_out(self) -> dict[str, TieOut]:
        """Entity → how it compares."""
        return {
            str(each["entity"]): _tie_out(each)
            for each in self._listed("tie-out", named="entities")
        }

    def dispositions(self) -> list[DocumentEnds]:
        """Every document of the period."""
        answer = self._people[READER].get("/tieout/api/dispositions", period=self._period)
        return [
            _ends(str(provider["provider"]), document)
            for provider in answer["providers"]
            for document in provider["documents"]
        ]

    def alignment(self) -> list[Aligned]:
        """How the systems agree on each entity's people."""
        return [aligned_of(each) for each in self._listed("alignment", named="entities")]

    def proof(self) -> list[Certified]:
        """Certificate and bridges of every entity."""
        return [certified_of(each) for each in self._listed("proof", named="entities")]

    def broken_controls(self) -> list[str]:
        """Questions to the whole store that must have no answer, and have one."""
        answer = self._people[READER].get("/tieout/api/controls")
        chain = [] if answer["audit_chain"]["holds"] else ["audit_chain"]
        return [str(each["name"]) for each in answer["controls"] if not each["holds"]] + chain

    def _listed(self, address: str, *, named: str = "", **query: str) -> list[dict[str, Any]]:
        answer = self._people[READER].get(f"/tieout/api/{address}", period=self._period, **query)
        found: list[dict[str, Any]] = answer[named or address]
        return found


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _amount(text: Any) -> Decimal | None:
    return None if text is None else Decimal(str(text))


def _exception(found: Mapping[str, Any]) -> OpenException:
    return OpenException(
        exception_id=int(found["id"]),
        code=str(found["code"]),
        severity=str(found["severity"]),
        state=str(found["state"]),
        entity=_text(found["entity"]),
        title=str(found["title"]),
        blocks=_text(found["blocks"]),
        next_step=_text(found["next_step"]),
        owner=_text(found["owner"]),
        item_count=int(found["item_count"] or 0),
        at_risk=_text(found["at_risk"]),
        currency=_text(found["currency"]),
        closed_how=_text(found["closed_how"]),
    )


def _head(found: Mapping[str, Any]) -> JournalHead:
    return JournalHead(
        external_id=str(found["external_id"]),
        entity=str(found["entity"]),
        kind=str(found["kind"]),
        state=str(found["state"]),
        revision=int(found["revision"]),
        currency=str(found["currency"]),
        debit=Decimal(str(found["debit"])),
        ledger_id=_text(found["ledger_ref"]),
    )


def _detail(found: Mapping[str, Any]) -> JournalDetail:
    stated = StatedJournal(
        external_id=str(found["external_id"]),
        entity=str(found["entity"]),
        kind=str(found["kind"]),
        state=str(found["state"]),
        currency=str(found["currency"]),
        ledger_id=_text(found["ledger_ref"]),
        debit=Decimal(str(found["debit"])),
        lines=tuple(_line(each) for each in found["lines"]),
    )
    attempts = tuple(
        Attempt(
            number=int(each["attempt"]),
            outcome=str(each["outcome"]),
            resolved=_text(each["resolved"]),
            ledger_id=_text(each["ledger_ref"]),
        )
        for each in found["attempts"]
    )
    window = found.get("window") or {}
    return JournalDetail(
        stated=stated,
        cannot_post=_text(found["cannot_post"]),
        opens_at=_text(window.get("opens_at")),
        window_open=bool(window.get("open")),
        attempts=attempts,
    )


def _line(found: Mapping[str, Any]) -> Line:
    debit, credit = _amount(found["debit"]), _amount(found["credit"])
    return Line(
        number=int(found["line_number"]),
        account=str(found["account"]),
        cost_center=_text(found["cost_center"]),
        project=_text(found["project"]),
        amount=(debit or Decimal()) - (credit or Decimal()),
        component_class=str(found["component_class"]),
        masked=debit is None and credit is None,
    )


def _tie_out(found: Mapping[str, Any]) -> TieOut:
    entity = str(found["entity"])
    return TieOut(
        entity=entity,
        currency=str(found["currency"]),
        state=str(found["state"]),
        source=_amount(found["source"]),
        journal=_amount(found["journal"]),
        ledger=_amount(found["ledger"]),
        difference=_amount(found["difference"]),
        note=_text(found["note"]),
        run_states=tuple(str(each["state"]) for each in found["runs"]),
        drifts=tuple(_drift(entity, each) for each in found["drifts"]),
    )


def _drift(entity: str, found: Mapping[str, Any]) -> Drift:
    return Drift(
        entity=entity,
        external_id=str(found["external_id"]),
        kind=str(found["kind"]),
        expected=_text(found["expected"]),
        found=_text(found["found"]),
        amount=_text(found["amount"]),
        currency=_text(found["currency"]),
        cured_at=_text(found["cured_at"]),
    )


def _ends(provider: str, found: Mapping[str, Any]) -> DocumentEnds:
    return DocumentEnds(
        provider=provider,
        name=str(found["name"]),
        entity=_text(found["entity"]),
        standing=str(found["standing"]),
        lines_in=int(found["lines_in"]),
        built=int(found["built"]),
        held=int(found["held"]),
        excluded=int(found["excluded"]),
        carried_over=int(found["carried_over"]),
    )
