"""Laws of the journal kinds: pairs come to nothing, parts to the whole, mirrored legs to zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.builders.kinds import (
    NOVEMBER,
    OCTOBER,
    OTHER_DOCUMENT,
    a_run,
    assert_sources_sum_to_lines,
    booked,
    cost,
    heading,
)
from tieout.finance.journals import JournalKind
from tieout.finance.stored import journal_from_json
from tieout.stages.build.accruals import (
    AccrualBasis,
    Incurred,
    PayPeriod,
    accrual_pair,
    not_yet_accrued,
    part_of,
    share_in_period,
)
from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.corrections import InLedger, difference_only, reverse_and_rebook
from tieout.stages.build.entries import Entry
from tieout.stages.build.intercompany import DUE_FROM, DUE_TO, IntercompanyPolicy, between_companies
from tieout.stages.build.opposites import correction_key, opposite
from tieout.stages.build.parts import JournalTooLongError, cut_legs
from tieout.stages.build.provisions import provision_use
from tieout.stages.build.settlements import ForeignLiability, settled_at

LIABILITY = "2520"
AMOUNTS = st.integers(-(10**9), 10**9).filter(bool)
CENTERS = st.sampled_from(["CC410", "CC420", "CC900", "CC910"])
COSTS = st.builds(
    cost,
    st.sampled_from(["6000", "6100", "7010"]),
    AMOUNTS,
    CENTERS,
    project=st.sampled_from(["", "P-1"]),
    document=st.sampled_from(["d" * 64, OTHER_DOCUMENT]),
    lines=st.sampled_from([(1,), (2,), (3, 4)]),
)
MANY = st.lists(COSTS, min_size=1, max_size=12)


def moves(costs: list[Entry]) -> bool:
    """Whether these costs come to anything."""
    faces: dict[tuple[str, str, str], int] = {}
    for one in costs:
        faces[one.face] = faces.get(one.face, 0) + one.amount_minor
    return any(faces.values())


RUNS = MANY.filter(moves).map(lambda costs: a_run(*costs))


@given(MANY.filter(moves))
def test_a_pair_comes_to_nothing_per_account_and_dimensions(costs: list[Entry]) -> None:
    """Whatever is accrued is taken back on the same accounts, cost centers and projects."""
    made = accrual_pair(
        heading(JournalKind.PAYROLL_ACCRUAL), [Incurred(c, LIABILITY) for c in costs], NOVEMBER
    )
    assert made is not None
    assert booked(one.journal for one in made.journals) == {}
    for one in made.journals:
        assert_sources_sum_to_lines(one)
        assert journal_from_json(one.journal.canonical_json()) == one.journal


@given(MANY.filter(moves), MANY)
def test_accruing_twice_is_accruing_the_second_time(first: list[Entry], then: list[Entry]) -> None:
    """After any posted accrual, the next one brings the ledger to what is incurred now."""
    above = heading(JournalKind.EXPENSE_ACCRUAL)
    made = accrual_pair(above, [Incurred(c, LIABILITY) for c in first], NOVEMBER)
    assert made is not None
    left = not_yet_accrued([Incurred(c, LIABILITY) for c in then], [made.accrual], {LIABILITY})
    more = accrual_pair(heading(JournalKind.EXPENSE_ACCRUAL, revision=2), left, NOVEMBER)
    wanted = accrual_pair(
        heading(JournalKind.EXPENSE_ACCRUAL, revision=3),
        [Incurred(c, LIABILITY) for c in then],
        NOVEMBER,
    )
    found = [made.accrual.journal] + ([] if more is None else [more.accrual.journal])
    assert booked(found) == ({} if wanted is None else booked([wanted.accrual.journal]))


@given(
    st.dates(OCTOBER.starts, NOVEMBER.ends),
    st.integers(6, 40),
    st.sampled_from([AccrualBasis.WORKING_DAYS, AccrualBasis.CALENDAR_DAYS]),
    MANY,
)
def test_a_share_is_never_more_than_the_whole(
    starts: object, days: int, basis: AccrualBasis, costs: list[Entry]
) -> None:
    """No month bears more than the pay period costs, and rounding is per line."""
    from datetime import date, timedelta

    assert isinstance(starts, date)
    pay = PayPeriod(starts, starts + timedelta(days=days))
    share = share_in_period(pay, OCTOBER, basis)
    assert 0 <= share <= 1
    whole = {id(one): one.amount_minor for one in costs}
    for one, item in zip(costs, part_of([Incurred(c, LIABILITY) for c in costs], Fraction(1)),
                         strict=True):  # fmt: skip
        assert item.cost.amount_minor == whole[id(one)]
    for item in part_of([Incurred(c, LIABILITY) for c in costs], share):
        assert abs(item.cost.amount_minor) <= 10**9


@given(RUNS)
def test_the_reversal_of_a_reversal_is_the_original(run: BuiltJournal) -> None:
    """Line for line, whatever the journal."""
    once = opposite(run.journal, correction_key(run.journal, "2026-11"), NOVEMBER.ends, memo="1")
    twice = opposite(once, correction_key(once, "2026-11"), NOVEMBER.ends, memo="2")
    assert twice.lines == run.journal.lines
    assert booked([run.journal, once]) == {}


@given(RUNS, MANY.filter(moves))
def test_both_ways_to_correct_bring_the_ledger_to_the_rebuilt_run(
    posted: BuiltJournal, costs: list[Entry]
) -> None:
    """Reverse and rebook, or the difference alone: the books say the same afterwards."""
    rebuilt = a_run(*costs, revision=2)
    held = [InLedger(posted, frozenset(link.document for link in posted.lineage))]
    taken_back = reverse_and_rebook(held, rebuilt, NOVEMBER.starts, NOVEMBER.code)
    delta = difference_only(rebuilt, held)
    one = [posted.journal, *(item.journal for item in taken_back.journals)]
    two = [posted.journal, *([] if delta is None else [delta.journal])]
    assert booked(one) == booked(two) == booked([rebuilt.journal])
    for item in (*taken_back.journals, *([] if delta is None else [delta])):
        assert_sources_sum_to_lines(item)


@given(RUNS, st.decimals(0, 20, places=2))
def test_intercompany_legs_mirror_each_other(run: BuiltJournal, markup: Decimal) -> None:
    """The claim here is the debt there, to the cent, whatever the markup; costs stand once."""
    owners = {"CC410": ("DE01",), "CC420": ("DE01",), "CC900": ("SE01",), "CC910": ("UK01",)}
    policies = {
        ("DE01", bearer): IntercompanyPolicy("DE01", bearer, "1610", "2610", markup, "8400", "6900")
        for bearer in ("SE01", "UK01")
    }
    dates = {"SE01": OCTOBER.ends, "UK01": OCTOBER.ends}
    paid, *borne = between_companies(run, owners, policies, dates)
    claims = sum(x.amount_minor for x in paid.journal.lines if DUE_FROM in x.component_class)
    debts = sum(x.amount_minor for one in borne for x in one.journal.lines
                if x.component_class == DUE_TO)  # fmt: skip
    assert claims == -debts
    assert not {x.cost_center for x in paid.journal.lines} & {"CC900", "CC910"}
    for one in (paid, *borne):
        assert_sources_sum_to_lines(one)


@given(
    st.lists(st.tuples(st.sampled_from("abcdefgh"), CENTERS, AMOUNTS), min_size=1, max_size=30),
    st.integers(3, 12),
)
def test_parts_sum_to_the_whole(rows: list[tuple[str, str, int]], limit: int) -> None:
    """No leg is lost or doubled; each part balances and is short enough."""
    legs = pl.DataFrame(
        [
            (atom, account, center if account == "6000" else "", sign * amount)
            for atom, center, amount in rows
            for account, sign in (("6000", 1), ("2400", -1))
        ],
        schema=["atom", "account", "cost_center", "leg_minor"],
        orient="row",
    ).with_columns(project=pl.lit(""), component_class=pl.lit("wages"))
    parts = cut_legs(legs, limit, "1990")
    assert all(part["leg_minor"].sum() == 0 for part in parts)
    together = pl.concat(parts).filter(pl.col("account") != "1990")
    assert together.sort(pl.all()).equals(legs.sort(pl.all()))
    carried = pl.concat(parts).filter(pl.col("account") == "1990")
    assert carried["leg_minor"].sum() == 0
    try:
        assert len(cut_legs(legs, limit)) == len(parts)
    except JournalTooLongError:
        assert carried.height


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.lists(st.integers(1, 1000), max_size=8))
def test_settling_in_parts_never_leaves_or_takes_a_cent(
    opened: int, stands_at: int, payments: list[int]
) -> None:
    """Whatever is paid when, the liability's functional amount ends at exactly zero."""
    left, cleared = ForeignLiability("2600", opened, stands_at), 0
    for payment in [*payments, opened]:
        amount = min(payment, left.open_minor)
        if not amount:
            break
        part = settled_at(left, amount)
        cleared += part
        left = ForeignLiability("2600", left.open_minor - amount, left.functional_minor - part)
    assert (cleared, left.functional_minor) == (stands_at, 0)


@given(MANY, st.dictionaries(CENTERS, st.integers(0, 10**9)))
def test_a_provision_is_never_used_beyond_its_balance(
    paid: list[Entry], balances: dict[str, int]
) -> None:
    """Neither more than was set aside, nor more than was paid."""
    made = provision_use(heading(JournalKind.PROVISION_USE), paid, "2530", balances)
    if made is None:
        return
    for line in made.journal.lines:
        if line.account == "2530":
            assert 0 < line.amount_minor <= balances[line.cost_center]
            spent = sum(max(c.amount_minor, 0) for c in paid if c.cost_center == line.cost_center)
            assert line.amount_minor <= spent
