"""A journal longer than the ledger takes: balanced, linked parts that sum to the whole."""

from __future__ import annotations

import polars as pl
import pytest

from tests.builders.journals import a_journal
from tieout.finance.journals import Journal
from tieout.stages.build.parts import JournalTooLongError, cut_legs, whole_of


def legs_of(people: int, centers: int) -> pl.DataFrame:
    """A run: everyone earns in a cost center; tax and net pay stand on the balance sheet."""
    rows = []
    for number in range(people):
        amount = 1_000_00 + number
        tax = amount // 3
        center = f"CC{number % centers:04d}"
        rows += [
            (f"e{number:05d}", "6000", center, amount),
            (f"e{number:05d}", "7400", "", -tax),
            (f"e{number:05d}", "7490", "", tax - amount),
        ]
    return pl.DataFrame(
        rows, schema=["atom", "account", "cost_center", "leg_minor"], orient="row"
    ).with_columns(project=pl.lit(""), component_class=pl.lit("wages"))


def face_sums(legs: pl.DataFrame) -> dict[tuple[str, ...], int]:
    """Sum per account and dimensions."""
    rows = legs.group_by("account", "cost_center", "project").agg(pl.col("leg_minor").sum())
    return {(a, c, p): total for a, c, p, total in sorted(rows.iter_rows()) if total}


def line_count(legs: pl.DataFrame) -> int:
    """Lines of a journal where no group nets to zero."""
    return len(face_sums(legs))


@pytest.mark.parametrize(("people", "centers", "limit"), [(6_000, 5_000, 1_000), (50, 40, 10)])
def test_parts_are_short_enough_balance_and_sum_to_the_whole(
    people: int, centers: int, limit: int
) -> None:
    """The controller relies on it: 5,002 lines become parts of at most 1,000, to the cent."""
    legs = legs_of(people, centers)
    parts = cut_legs(legs, limit)
    assert line_count(legs) == centers + 2
    assert all(line_count(part) <= limit for part in parts)
    assert all(part["leg_minor"].sum() == 0 for part in parts)
    assert face_sums(pl.concat(parts)) == face_sums(legs)
    assert sum(part.height for part in parts) == legs.height
    # As few as possible: each part holds the two lines of the balance sheet again.
    assert len(parts) <= -(-centers // (limit - 2)) + 1


def test_an_employee_is_never_in_two_parts() -> None:
    """Taking one part back relies on it: nobody's pay is half in the ledger."""
    parts = cut_legs(legs_of(300, 200), 30)
    people = [set(part["atom"].unique().to_list()) for part in parts]
    assert sum(map(len, people)) == len(set.union(*people)) == 300


def test_a_short_journal_is_not_cut() -> None:
    """Its identity and approval stay as they are."""
    legs = legs_of(10, 5)
    assert cut_legs(legs, 7) == [legs]


def test_the_order_of_rows_does_not_matter() -> None:
    """Two machines cut at the same places, so a part's identity means the same content."""
    legs = legs_of(120, 60)
    shuffled = legs.sample(fraction=1.0, shuffle=True, seed=7)
    for one, two in zip(cut_legs(legs, 20), cut_legs(shuffled, 20), strict=True):
        assert face_sums(one) == face_sums(two)
        assert sorted(one["atom"].unique()) == sorted(two["atom"].unique())


def one_long_atom() -> pl.DataFrame:
    """A register without employees: nothing of it balances by itself but the whole."""
    return legs_of(60, 60).with_columns(atom=pl.lit("run"))


def test_an_atom_that_is_too_long_is_held_unless_policy_names_a_transfer_account() -> None:
    """No account is guessed; the exception says what to do."""
    with pytest.raises(JournalTooLongError) as caught:
        cut_legs(one_long_atom(), 20)
    assert "62 lines, the ledger takes 20" in caught.value.message
    assert "transfer account" in caught.value.next_step


def test_over_the_transfer_account_each_part_balances_and_it_comes_to_nothing() -> None:
    """The balance sheet relies on it: the transfer account is zero when all parts are in."""
    legs = one_long_atom()
    parts = cut_legs(legs, 20, "1990")
    assert all(part["leg_minor"].sum() == 0 for part in parts)
    assert all(line_count(part) <= 20 for part in parts)
    together = face_sums(pl.concat(parts))
    assert ("1990", "", "") not in together
    assert together == face_sums(legs)


def part_of(legs: pl.DataFrame, number: int = 1) -> Journal:
    """The journal of a part."""
    rows = [(account, center, project, total)
            for (account, center, project), total in face_sums(legs).items()]  # fmt: skip
    return a_journal(*rows, batch=f"run:{number}")


def test_the_proof_compares_parts_with_the_whole() -> None:
    """Sign-off relies on it: one cent moved between two parts and the proof fails."""
    legs = one_long_atom()
    cut = cut_legs(legs, 20, "1990")
    parts = [part_of(part, number) for number, part in enumerate(cut, start=1)]
    assert whole_of(parts, "1990") == whole_of([part_of(legs)])
    assert whole_of(parts[:-1], "1990") != whole_of([part_of(legs)])
