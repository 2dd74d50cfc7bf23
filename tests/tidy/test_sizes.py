"""Nothing is so long that nobody reads it to its end."""

from __future__ import annotations

import ast

from tests.harness.sources import EVERYTHING, length_of, sources

MODULE_LINES = 400
TEST_MODULE_LINES = 650  # a list of rules, each read alone
FUNCTION_LINES = 60
DAG_LINES = 80
DAG_FUNCTION_LINES = 5


def test_no_module_is_longer_than_400_lines() -> None:
    """The reviewer relies on it: a module is one thought."""
    long = [
        f"{source.name}: {source.line_count}"
        for source in sources(*EVERYTHING)
        if source.line_count > _limit_of(source.name)
    ]
    assert long == []


def test_no_function_is_longer_than_60_lines() -> None:
    """The reviewer relies on it: a function fits a screen."""
    long = [
        f"{source.name}:{function.lineno} {function.name}: {length_of(function)}"
        for source in sources(*EVERYTHING)
        for function in source.functions()
        if length_of(function) > FUNCTION_LINES
    ]
    assert long == []


def test_a_dag_file_only_declares() -> None:
    """Who operates the close relies on it: a DAG file is read in a minute and holds no logic."""
    long = [
        f"{source.name}: {source.line_count} lines"
        for source in sources("dags")
        if source.line_count > DAG_LINES
    ]
    thick = [
        f"{source.name}:{function.lineno} {function.name}: {length_of(function)} lines"
        for source in sources("dags")
        for function in source.functions()
        if length_of(function) > DAG_FUNCTION_LINES and not _is_dag(function.decorator_list)
    ]
    assert long + thick == []


def _limit_of(name: str) -> int:
    return TEST_MODULE_LINES if name.rpartition("/")[2].startswith("test_") else MODULE_LINES


def _is_dag(decorators: list[ast.expr]) -> bool:
    """Whether a function is the body of a DAG, which is a declaration whatever its length."""
    return any(
        ast.unparse(one.func if isinstance(one, ast.Call) else one) in {"dag", "task_group"}
        for one in decorators
    )
