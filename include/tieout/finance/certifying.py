"""Put an entity's period together from its documents, stages and ends; say what does not add up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tieout.finance.certificates import (
    PASSING,
    DocumentIn,
    Ended,
    ExpectedRun,
    Flow,
    PeriodCertificate,
    StagePassed,
    Sums,
)
from tieout.finance.money import CurrencyUnknownError, to_text


def certify_period(
    entity: str,
    period: str,
    documents: Iterable[DocumentIn],
    ended: Iterable[Ended],
    stages: Iterable[StagePassed],
    expected: Iterable[ExpectedRun],
) -> PeriodCertificate:
    """Put the parts of a period together and say what does not add up.

    Args:
        entity: whose period it is.
        period: `2026-10`.
        documents: those of the period's units, replaced ones too: their lines ended as well.
        ended: dispositions of this and of earlier periods' lines that concern the period.
        stages: what each stage of the period's units passed on.
        expected: pay runs that the calendar expects.
    """
    listed = tuple(sorted(documents, key=lambda one: (one.kind, one.sha256)))
    passed = tuple(sorted(stages, key=lambda one: (one.unit_key, _order(one.stage))))
    flows = tuple(_flows(period, listed, ended))
    failures = (*_documents_off(listed), *_stages_off(passed), *_flows_off(flows))
    runs = tuple(sorted(expected, key=lambda one: one.provider))
    return PeriodCertificate(entity, period, flows, listed, passed, runs, tuple(failures))


def _order(stage: str) -> int:
    return PASSING.index(stage) if stage in PASSING else len(PASSING)


def _flows(period: str, documents: Sequence[DocumentIn], ended: Iterable[Ended]) -> Iterable[Flow]:
    sums: dict[tuple[str, str], dict[str, Sums]] = defaultdict(lambda: defaultdict(Sums))
    for document in documents:
        if document.read is not None:
            sums[document.kind, document.currency]["came_in"] += document.read
    for part in ended:
        for name in _members(period, part):
            sums[part.kind, part.currency][name] += part.sums
    for (kind, currency), members in sorted(sums.items()):
        yield Flow(kind, currency, **members)


def _members(period: str, part: Ended) -> Iterable[str]:
    """The members of the period's equation that these lines stand in; none for other periods."""
    earlier = part.unit_period < period
    if part.unit_period > period:
        return
    if part.state == "carried_over":
        if earlier:
            yield "opening_held" if part.carried_to > period else "carried_in"
        yield "carried_out" if part.carried_to > period else "held"
        return
    if part.state == "excluded":
        if not earlier:
            yield "excluded"
        return
    settled = part.state == "built" and part.journal_period <= period
    if earlier and settled and part.journal_period < period:
        return
    if earlier:
        yield "opening_held"
    yield "built" if settled else "held"


def _documents_off(documents: Sequence[DocumentIn]) -> Iterable[str]:
    for one in documents:
        if one.read is None:
            yield f"extract: {one.name} was taken in and its lines were never counted"
            continue
        off = one.stated is not None and one.origin != "derived" and one.stated != one.read
        if off and one.stated is not None and one.built_count:
            # Held as a whole, or replaced, it misleads nobody: its exception says what is wrong.
            stated, read = _said(one.stated, one.currency), _said(one.read, one.currency)
            yield f"validate: {one.name} states {stated}, holds {read}, and was built"
        if one.disposed != one.read:
            read, disposed = _said(one.read, one.currency), _said(one.disposed, one.currency)
            yield f"build: of {one.name} came {read} and ended {disposed}"


def _stages_off(stages: Sequence[StagePassed]) -> Iterable[str]:
    before: StagePassed | None = None
    for one in stages:
        if one.altered:
            yield f"{one.stage}: unit {one.unit_key} changed what it had to pass on: {one.altered}"
        same_unit = before is not None and before.unit_key == one.unit_key
        if before is not None and same_unit and not _passes(before, one):
            yield (
                f"{one.stage}: unit {one.unit_key} got {_all(before)} from {before.stage} "
                f"and passed on {_all(one)}"
            )
        before = one


def _passes(before: StagePassed, after: StagePassed) -> bool:
    """Whether nothing was lost or altered between two stages; text amounts can only be counted."""
    if before.stage == "extract":
        return before.line_count == after.line_count
    return dict(before.sums) == dict(after.sums)


def _flows_off(flows: Sequence[Flow]) -> Iterable[str]:
    for flow in flows:
        if flow.left != flow.right:
            yield (
                f"build: {flow.kind}: {_said(flow.left, flow.currency)} to book, "
                f"{_said(flow.right, flow.currency)} accounted for"
            )


def _said(sums: Sums, currency: str) -> str:
    debit, credit = _shown(sums.debit_minor, currency), _shown(sums.credit_minor, currency)
    return f"{sums.line_count} lines, {debit} and {credit} {currency}".rstrip()


def _shown(amount_minor: int, currency: str) -> str:
    """Decimal text; of an unknown currency, the number as it is counted."""
    try:
        return to_text(amount_minor, currency)
    except CurrencyUnknownError:
        return str(amount_minor)


def _all(stage: StagePassed) -> str:
    return "; ".join(_said(sums, currency) for currency, sums in sorted(stage.sums.items()))


def certificate_lines(certificate: PeriodCertificate) -> list[str]:
    """The equation of each kind and currency in one line of counts, then what is expected."""
    lines = []
    for flow in certificate.flows:
        before = flow.opening_held + flow.carried_in
        left = f"{flow.came_in.line_count} in"
        if before.line_count:
            left = f"{before.line_count} from before + {left}"
        lines.append(
            f"Source lines, {flow.kind}, {flow.currency}: {left} = "
            f"{flow.built.line_count} built + {flow.held.line_count} held + "
            f"{flow.excluded.line_count} excluded + {flow.carried_out.line_count} carried on."
        )
    waited = [run for run in certificate.expected if run.state != "arrived"]
    lines += [
        f"Expected run of {run.provider}: {run.state}"
        + (f" ({run.reason})." if run.reason else ".")
        for run in waited
    ]
    lines.append(f"Certificate {certificate.content_hash[:12]}.")
    return lines
