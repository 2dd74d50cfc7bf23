"""The list of promises is what the tests say, no more and no less."""

from __future__ import annotations

from tests.harness import promises


def test_all_121_statements_are_listed_once() -> None:
    """The reader of the list relies on it: nothing promised was left out."""
    numbers = [statement.statement for statement in promises.statements()]
    assert numbers == [f"S{number}" for number in range(1, 122)]


def test_every_claimed_statement_exists() -> None:
    """The reader of the list relies on it: no test claims what nobody asked for."""
    known = {statement.statement for statement in promises.statements()}
    assert set(promises.claims()) - known == set()


def test_the_page_is_what_the_tests_say() -> None:
    """The reader of the page relies on it; `make docs` writes it anew."""
    up_to_date = promises.PAGE.read_text(encoding="utf-8") == promises.page()
    assert up_to_date, "run `make docs`"
