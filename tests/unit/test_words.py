"""The words finance reads: four parts each, no blame, nobody's pay."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from tieout.errors import Place, Severity
from tieout.finance.words import CATALOGUE, finding

PRODUCT = Path(__file__).resolve().parents[2] / "include" / "tieout"
BANNED = ("failed", "invalid", "error", "please", "!", "you must", "wrong input")
#: What nobody may waive, whatever the role.
NEVER_WAIVED = {
    "control_total_mismatch",
    "journal_unbalanced",
    "same_id_other_content",
    "posting_unclear",
    "ledger_drift",
    "period_closed",
    "tie_out_difference",
}


def names_in(text: str) -> set[str]:
    """The values that a text asks for."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_code_has_four_parts_and_an_owner(code: str) -> None:
    """What is wrong, what it blocks, what to do, and whose step it is."""
    words = CATALOGUE[code]
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)*", code)
    assert all((words.title, words.blocks, words.next_step))
    assert words.owner in {"finance_ops", "finance_lead", "controller", "platform"}
    assert words.next_step.endswith(".")
    assert not words.title.endswith(".")
    assert words.severity in {Severity.CRITICAL, Severity.WARNING}


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_title_is_at_most_twelve_words_and_none_of_the_banned_ones(code: str) -> None:
    """It fits a phone and blames nobody."""
    words = CATALOGUE[code]
    assert len(re.sub(r"\{\w+\}", "x", words.title).split()) <= 12
    said = f"{words.title} {words.blocks} {words.next_step}".lower()
    assert [word for word in BANNED if word in said] == []


def test_what_may_never_be_waived_can_not_be() -> None:
    """Not by a controller and not with a reason."""
    assert {code for code in NEVER_WAIVED if CATALOGUE[code].waivable} == set()


def test_a_warning_blocks_at_most_what_may_wait() -> None:
    """Whoever reads 'warning' may go on; a run or a posting is never blocked by one."""
    blocked = {words.blocks for words in CATALOGUE.values() if words.severity is Severity.WARNING}
    assert not blocked & {"run", "posting", "journal", "all posting", "its group"}


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_a_finding_says_all_its_values(code: str) -> None:
    """No brace and no gap is left when the values are there."""
    words = CATALOGUE[code]
    wanted = names_in(words.title) | names_in(words.blocks) | names_in(words.next_step)
    told = finding(code, values={name: f"<{name}>" for name in wanted})
    said = f"{told.message} {told.blocks} {told.next_step}"
    assert {f"<{name}>" for name in wanted} == set(re.findall(r"<\w+>", said))
    assert not set("{}…") & set(said)
    assert told.severity is words.severity


def test_a_missing_value_is_an_ellipsis_and_hides_nothing_else() -> None:
    """Telling what is wrong must not itself go wrong."""
    told = finding("cost_center_unmapped", code="4711")
    assert told.message == "Cost center 4711 has no place in the ERP"
    assert told.blocks == "… lines of …"


def test_braces_in_what_was_found_are_text() -> None:
    """A vendor's value is data, never a template."""
    told = finding("status_unknown", system="{system.__class__}", found="{0}")
    assert told.message == "{system.__class__} sent an unknown state: {0}"


def test_a_caller_may_say_more_than_the_catalogue() -> None:
    """Place, lines, what it blocks and how severe it is here."""
    told = finding(
        "tie_out_difference",
        where=Place("march.csv", 118, "amount"),
        blocks="sign-off of DE01",
        lines=(1, 2),
        severity=Severity.NOTE,
        values={"class": "wages"},
        source=1,
        journal=2,
        ledger=3,
    )
    assert told.message == "wages: source 1, journal 2, ledger 3 differ"
    assert str(told.where) == "march.csv, line 118, field amount"
    assert told.as_dict() == {
        "code": "tie_out_difference",
        "severity": "note",
        "message": told.message,
        "where": {"document": "march.csv", "line": 118, "field": "amount"},
        "found": "",
        "blocks": "sign-off of DE01",
        "next_step": "Look at the candidates.",
    }


def test_every_code_that_the_product_tells_is_in_the_catalogue() -> None:
    """A code without words would reach a page as a bare key."""
    tellers = {"finding", "waits", "Finding"}
    missing = []
    for path in sorted(PRODUCT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) not in tellers:
                continue
            stated = [*node.args, *(key.value for key in node.keywords if key.arg == "code")]
            codes = [
                each.value
                for each in stated
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            ]
            missing += [
                f"{path.name}:{node.lineno} {code}"
                for code in codes[:1]
                if code and code not in CATALOGUE
            ]
    assert missing == []
