"""Check the rows of an HR extract against the employee contract; every failing row is told.

A row that breaks its contract is not taken, so nothing of it is guessed; the others go on. A rule
is told in words and without the value, which may be personal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import pandera.errors
import polars as pl

from tieout.contracts.meaning import FieldMeaning, FieldType
from tieout.contracts.row_fields import EMPLOYEE
from tieout.contracts.rows import frame_schema
from tieout.errors import Finding, Place
from tieout.finance.words import finding

_DAYS: Final = EMPLOYEE.names(FieldType.DATE)
_ISO_DAY: Final = "^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
#: What the reader tells of a row by itself, and of which field.
_TOLD_BY_READER: Final = {"status_unknown": "status", "value_unreadable": "employee_ref"}


@dataclass(frozen=True)
class EmployeeRows:
    """The rows that keep their contract, the numbers of those that do not, and what is told."""

    sound: pl.DataFrame
    held: frozenset[str]
    findings: tuple[Finding, ...]


def check_employee_rows(
    frame: pl.DataFrame, document: str, told: Sequence[Finding] = ()
) -> EmployeeRows:
    """Hold each row that breaks its contract; one finding per row, with all its failures.

    Args:
        frame: canonical text columns of `employee` with `line_no` and `file_line`.
        document: its name, for people.
        told: what the reader found; the same is not told again.
    """
    failures = sorted({*_unread_days(frame), *_broken(frame)})
    before = {(one.where.line, _TOLD_BY_READER.get(one.code, "")) for one in told}
    fields: dict[int, list[str]] = {}
    for row, field in failures:
        fields.setdefault(row, []).append(field)
    findings = []
    for row, names in fields.items():
        line = int(frame["file_line"][row] or frame["line_no"][row])
        untold = [name for name in names if (line, name) not in before]
        if untold:
            findings.append(_finding(document, line, untold))
    bad = pl.int_range(pl.len()).is_in(list(fields))
    held = frozenset(ref for ref in frame.filter(bad)["employee_ref"].to_list() if ref)
    return EmployeeRows(frame.filter(~bad), held, tuple(findings))


def _finding(document: str, line: int, fields: Sequence[str]) -> Finding:
    return finding(
        "employee_unsound",
        where=Place(document, line, ", ".join(fields)),
        name=document,
        line=line,
        rules="; ".join(_rule(EMPLOYEE[name]) for name in fields),
    )


def _rule(field: FieldMeaning) -> str:
    """What a value of the field must be, of which this one is not."""
    if field.choices:
        return f"{field.name} is none of {', '.join(field.choices)}"
    if field.code_list is not None:
        return f"{field.name} is no code of {field.code_list}"
    if field.type is FieldType.DATE:
        return f"{field.name} is no day"
    return f"{field.name} is empty" if field.required else f"{field.name} breaks its contract"


def _day(name: str) -> pl.Expr:
    return pl.col(name).str.to_date("%Y-%m-%d", strict=False)


def _unread_days(frame: pl.DataFrame) -> Iterator[tuple[int, str]]:
    for name in _DAYS:
        text = pl.col(name).fill_null("")
        # The parser would take a day without its zeros, which other readers of the text refuse.
        read = text.str.contains(_ISO_DAY) & _day(name).is_not_null()
        bad = frame.with_row_index("_row").filter((text != "") & ~read)
        yield from ((int(row), name) for row in bad["_row"])


def _broken(frame: pl.DataFrame) -> Iterator[tuple[int, str]]:
    """Row and field of each failure of the contract's own checks."""
    typed = frame.with_columns(pl.col(pl.String).fill_null("")).with_columns(
        *(_day(name) for name in _DAYS)
    )
    ordered = typed.select(field.name for field in EMPLOYEE.fields)
    try:
        frame_schema(EMPLOYEE).validate(ordered, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        structural = cases.filter(pl.col("index").is_null())
        if structural.height:
            message = f"the reader made no employee frame: {structural['check'].to_list()}"
            raise AssertionError(message) from errors
        for row, field in cases.select("index", "column").iter_rows():
            yield int(row), str(field)
