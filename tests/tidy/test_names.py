"""One term of finance, one identifier: words that say nothing, or another word for the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.harness.sources import EVERYTHING, PRODUCT, Source, sources

# As a part of any name: they say nothing about what is meant.
EMPTY_WORDS = {
    *("utils", "helper", "helpers", "manager", "processor", "common", "misc"),
    *("data", "info", "obj", "tmp", "amt", "acct", "cc", "dr", "cr"),
}
EMPTY_STARTS = ("do_", "handle_")
# As a whole name: the glossary has another word for it.
SYNONYMS = {
    *("gl_db", "books", "detail_ledger", "coa_map", "gl_code", "payroll_batch", "wage_type"),
    *("pay_msg", "raw_row", "je", "journal_posting", "sign_off_by"),
    *("idem_key", "idempotency_key_of_journal", "posting_dt", "month_end_job", "wbs", "fx"),
    *("payout_file", "ap_bill", "cutoff_range", "base_currency", "home_currency"),
    *("foreign_currency", "gl_account", "erp_account_code", "signed_amount"),
}
# Names that the architecture, a vendor, or a library whose interface we implement fixes win.
FIXED = {
    *("master_data", "reference_data", "tmp_path", "get_extra_info", "data_centre"),
    *("handle_rcpt", "handle_data"),
}


def names_given(source: Source) -> Iterator[tuple[int, str]]:
    """Names that this file makes: functions, classes, arguments, variables, attributes of self."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def words_of(name: str) -> set[str]:
    """The words of a name, whether written in snake or camel case."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    return set(snake.split("_"))


def is_empty(name: str) -> bool:
    """Whether a name holds a word that says nothing."""
    bare = name.strip("_").lower()
    if any(fixed in bare for fixed in FIXED):
        return False
    return bool(words_of(name) & EMPTY_WORDS) or bare.startswith(EMPTY_STARTS)


def is_second_word(name: str) -> bool:
    """Whether a name is another word for a term of the glossary."""
    return name.strip("_").lower() in SYNONYMS


def test_no_identifier_is_an_empty_word() -> None:
    """Every reader relies on it: a name says what is meant."""
    refused = [
        f"{source.name}:{line} {name}"
        for source in sources(*EVERYTHING)
        for line, name in names_given(source)
        if is_empty(name) and not name.startswith("test_")  # a rule is a sentence, of any words
    ]
    assert refused == []


def test_no_identifier_is_a_second_word_for_a_term() -> None:
    """Finance relies on it: one term has one name (the twins speak their vendors' words)."""
    refused = [
        f"{source.name}:{line} {name}"
        for source in sources(*PRODUCT)
        for line, name in names_given(source)
        if is_second_word(name)
    ]
    assert refused == []


def test_no_module_is_named_by_an_empty_word() -> None:
    """Whoever looks for a rule relies on it: no file is a drawer for the rest."""
    refused = [
        source.name
        for source in sources(*EVERYTHING)
        if any(words_of(part) & EMPTY_WORDS for part in source.name.removesuffix(".py").split("/"))
        and not any(fixed in source.name for fixed in FIXED)
    ]
    assert refused == []


def test_the_checks_themselves_refuse_what_they_should() -> None:
    """The tests above rely on it."""
    assert is_empty("PostManager")
    assert is_empty("do_post")
    assert is_second_word("gl_code")
    assert not is_empty("master_data")
    assert not is_empty("successor")
    assert not is_second_word("accounting_date")
