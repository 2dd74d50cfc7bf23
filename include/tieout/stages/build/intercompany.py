"""build: costs that belong to another company of the group, in the books of both.

Who paid books a claim instead of the cost; who bears it books the cost and what it owes. The legs
mirror each other, carry one pair, and travel together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import polars as pl

from tieout.contracts.staged import Holds
from tieout.errors import TieoutError
from tieout.finance.journals import JournalKey, JournalKind, JournalTies
from tieout.finance.money import round_half_away
from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.entries import Entry, Heading, booked_lines, entries_of, journal_of

#: Classes of the legs between companies, as tie-out compares them.
DUE_FROM, DUE_TO, MARKUP = "intercompany_due_from", "intercompany_due_to", "intercompany_markup"


class IntercompanyUnsettledError(TieoutError):
    """No policy settles what two companies owe each other; the lines wait."""

    code = "intercompany_missing"


@dataclass(frozen=True, slots=True)
class IntercompanyPolicy:
    """How two companies settle: one row of the policy, for one direction.

    Attributes:
        paid_by: the company whose source carries the cost.
        borne_by: the company whose cost object it is.
        due_from_account: the claim in the books of who paid.
        due_to_account: the debt in the books of who bears.
        markup_percent: added to the cost; 0 for none.
        markup_income_account: income of who paid, when there is a markup.
        markup_cost_account: cost of who bears, on the cost center of what was charged.
        rule: `table:key@version` of the row that says so.
    """

    paid_by: str
    borne_by: str
    due_from_account: str
    due_to_account: str
    markup_percent: Decimal = Decimal(0)
    markup_income_account: str = ""
    markup_cost_account: str = ""
    rule: str = ""


def borne_elsewhere(
    entity: str, cost_centers: Iterable[str], owners: Mapping[str, Sequence[str]]
) -> dict[str, str]:
    """Cost center → the company that bears it, where that is another one than `entity`.

    `owners` gives the companies that may use a cost center; none stated means all. One that
    several others may use is nobody's in particular and is left out: it is held by its code.
    """
    found = {}
    for code in sorted(set(cost_centers) - {""}):
        allowed = owners.get(code, ())
        if allowed and entity not in allowed and len(allowed) == 1:
            found[code] = allowed[0]
    return found


def hold_unsettled(
    frame: pl.DataFrame,
    owners: Mapping[str, Sequence[str]],
    policies: Mapping[tuple[str, str], IntercompanyPolicy],
) -> pl.DataFrame:
    """The rows, of which those wait whose cost center belongs to others and no rule settles it.

    Args:
        frame: reconciled rows with `entity`, `cost_center`, `split` and `holds`.
        owners: see `borne_elsewhere`.
        policies: (paid by, borne by) → policy.
    """
    if not owners:
        return frame
    columns = ["entity", "cost_center", "split"]
    distinct = frame.select(pl.col(columns).cast(pl.String).fill_null("")).unique()
    waiting = [
        (entity, center, split, code)
        for entity, center, split in distinct.iter_rows()
        for code in [_unsettled(entity, center, split, owners, policies)]
        if code
    ]
    if not waiting:
        return frame
    told = pl.DataFrame(waiting, schema=[*columns, "_code"], orient="row")
    marked = frame.select(pl.col(columns).cast(pl.String).fill_null("")).join(
        told, on=columns, how="left", maintain_order="left"
    )
    holds = Holds(frame.with_columns(marked["_code"]))
    holds.rows(marked["_code"].is_not_null().arg_true(), "intercompany_missing", pl.col("_code"))
    return holds.written().drop("_code")


def _unsettled(
    entity: str,
    center: str,
    split: str,
    owners: Mapping[str, Sequence[str]],
    policies: Mapping[tuple[str, str], IntercompanyPolicy],
) -> str:
    """The first cost center of a row that belongs to others and that no rule settles."""
    codes = [line.partition(" ")[2] for line in split.split("\n")] if split else [center]
    for code in codes:
        allowed = owners.get(code, ())
        if not allowed or entity in allowed:
            continue
        if len(allowed) > 1 or (entity, allowed[0]) not in policies:
            return code
    return ""


def between_companies(
    built: BuiltJournal,
    owners: Mapping[str, Sequence[str]],
    policies: Mapping[tuple[str, str], IntercompanyPolicy],
    dates: Mapping[str, date],
) -> tuple[BuiltJournal, ...]:
    """The journal of who paid with its claims, and one journal for each company that bears.

    Without such a cost the journal comes back as it is. Amounts stand in the currency of who paid;
    what they are in the functional currency of who bears is reckoned by the ERP at its rate.

    Args:
        built: a journal of a run or of expenses.
        owners: see `borne_elsewhere`.
        policies: (paid by, borne by) → policy.
        dates: company → accounting date of its journal.

    Raises:
        IntercompanyUnsettledError: no policy for a pair.
    """
    payer = built.journal.key.entity
    foreign = borne_elsewhere(payer, (line.cost_center for line in built.journal.lines), owners)
    if not foreign:
        return (built,)
    pair = built.journal.ties.pair or built.journal.external_id
    claims: list[Entry] = []
    elsewhere: dict[str, list[Entry]] = {}
    for entry in entries_of(built):
        bearer = foreign.get(entry.cost_center)
        if bearer is None:
            continue
        policy = _policy(policies, payer, bearer)
        markup = round_half_away(Decimal(entry.amount_minor) * policy.markup_percent / 100)
        claims += _claimed(entry, policy, markup)
        elsewhere.setdefault(bearer, []).extend(_borne(entry, policy, markup))
    settled = _rules(*(policies[payer, bearer] for bearer in sorted(elsewhere)))
    journals = [_with_claims(built, foreign, claims, pair, settled)]
    for bearer in sorted(elsewhere):
        heading = Heading(
            key=intercompany_key(built.journal.key, bearer),
            accounting_date=dates[bearer],
            currency=built.journal.currency,
            memo=f"Intercompany {bearer} {built.journal.key.period} from {payer}",
            inputs=(
                *(one for one in built.journal.input_versions if one[0] == "rule"),
                *_rules(policies[payer, bearer]),
            ),
            ties=JournalTies(pair=pair, chain=built.journal.key.batch),
        )
        mirrored = journal_of(heading, elsewhere[bearer])
        journals += [] if mirrored is None else [mirrored]
    return tuple(journals)


def _with_claims(
    built: BuiltJournal,
    foreign: Collection[str],
    claims: Sequence[Entry],
    pair: str,
    rules: tuple[tuple[str, str], ...],
) -> BuiltJournal:
    """The payer's journal with claims in place of the lines that others bear."""
    journal = built.journal
    stay = [line for line in journal.lines if line.cost_center not in foreign]
    numbers = {line.number: number for number, line in enumerate(stay, start=1)}
    added = booked_lines(claims, journal.key.period, first=len(stay) + 1)
    totals: dict[str, int] = defaultdict(int, built.source_totals)
    for line in journal.lines:
        if line.number not in numbers:
            totals[line.component_class] -= line.amount_minor
    for name, total in added.totals.items():
        totals[name] += total
    kept = tuple(replace(line, number=numbers[line.number]) for line in stay)
    links = tuple(
        replace(link, line_number=numbers[link.line_number])
        for link in built.lineage
        if link.line_number in numbers
    )
    return BuiltJournal.of(
        replace(
            journal,
            lines=(*kept, *added.lines),
            input_versions=(*journal.input_versions, *rules),
            ties=replace(journal.ties, pair=journal.ties.pair or pair),
        ),
        (*links, *added.lineage),
        {name: total for name, total in sorted(totals.items()) if total},
    )


def intercompany_key(paid: JournalKey, bearer: str) -> JournalKey:
    """The identity of the bearer's journal: the payer's journal is its batch."""
    return replace(
        paid, entity=bearer, kind=JournalKind.INTERCOMPANY, batch=paid.external_id(), revision=1
    )


def _rules(*policies: IntercompanyPolicy) -> tuple[tuple[str, str], ...]:
    return tuple(("rule", policy.rule) for policy in policies if policy.rule)


def _policy(
    policies: Mapping[tuple[str, str], IntercompanyPolicy], payer: str, bearer: str
) -> IntercompanyPolicy:
    found = policies.get((payer, bearer))
    if found is None:
        raise IntercompanyUnsettledError(
            f"{payer} pays for {bearer}, and no policy says how they settle.",
            blocks=f"lines of {payer} on cost centers of {bearer}",
            next_step="Add a row for the pair to policies/intercompany.csv.",
        )
    return found


def _claimed(entry: Entry, policy: IntercompanyPolicy, markup: int) -> list[Entry]:
    """The claim in place of the cost, and the markup that it earns."""
    claim = replace(
        entry.against(policy.due_from_account, DUE_FROM), amount_minor=entry.amount_minor
    )
    if not markup:
        return [claim]
    more = replace(claim, amount_minor=markup)
    return [claim, more, more.against(policy.markup_income_account, MARKUP)]


def _borne(entry: Entry, policy: IntercompanyPolicy, markup: int) -> list[Entry]:
    """The cost where it belongs, the markup beside it, and the debt for both."""
    costs = [entry]
    if markup:
        costs.append(
            replace(entry, account=policy.markup_cost_account, amount_minor=markup,
                    component_class=MARKUP)
        )  # fmt: skip
    return [leg for one in costs for leg in (one, one.against(policy.due_to_account, DUE_TO))]
