"""The reports of the tenant, and what a caller's prompts select of their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Row = Mapping[str, str]


def seed_file(home: Path) -> Path:
    """Where the tenant's reports are kept."""
    return home / "sandbox" / "seed" / "workday.json"


def changed_at(home: Path) -> int:
    """When somebody changed the tenant last, in nanoseconds of the file system."""
    return seed_file(home).stat().st_mtime_ns


class PromptMissing(Exception):
    """A required prompt has no value; the text names it."""


@dataclass(frozen=True, slots=True)
class Report:
    """One web-service enabled report; `prompts` are all required."""

    name: str
    prompts: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def selected(self, query: Mapping[str, str]) -> list[Row]:
        """The rows that fit every prompt; parameters that are no prompt are ignored.

        An instance prompt may carry the kind of its id (`Company!Company_Reference_ID`), a date
        prompt an offset behind the date (`2026-10-31-07:00`).

        Raises:
            PromptMissing: a prompt has no value.
        """
        values = {name.split("!")[0]: value for name, value in query.items()}
        rows = list(self.rows)
        for prompt in self.prompts:
            wanted = values.get(prompt, "")
            if not wanted:
                raise PromptMissing(f"The prompt {prompt} is required.")
            column = self._column(prompt)
            if prompt.endswith("_Date"):
                wanted = wanted[:10]
            rows = [row for row in rows if row[column] == wanted]
        return rows

    def _column(self, prompt: str) -> str:
        """The column behind a prompt: `Company` is `Company_ID`, `Period_End_Date` `Period_End`."""
        for name in (prompt, f"{prompt}_ID", prompt.removesuffix("_Date")):
            if name in self.columns:
                return name
        raise KeyError(f"report {self.name} has no column for its prompt {prompt}")


@dataclass(frozen=True, slots=True)
class User:
    """An integration system user and the reports that its security group may run."""

    login: str
    password: str
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Tenant:
    """What one tenant serves."""

    name: str
    report_owner: str
    users: Mapping[str, User]
    reports: Mapping[str, Report]

    @classmethod
    def of(cls, home: Path) -> Tenant:
        """Read the tenant of the company's seed.

        Raises:
            FileNotFoundError: there is no seed.
        """
        seed = json.loads(seed_file(home).read_text(encoding="utf-8"))
        users = [User(u["login"], u["password"], frozenset(u["allowed"])) for u in seed["users"]]
        return cls(
            name=seed["tenant"],
            report_owner=seed["report_owner"],
            users={user.login: user for user in users},
            reports={
                name: _report(name, each["prompts"], each["rows"])
                for name, each in seed["reports"].items()
            },
        )

    def user(self, login: str, password: str) -> User | None:
        """Who signs in, also written as `login@tenant`; None when login or password is wrong."""
        user = self.users.get(login.removesuffix(f"@{self.name}"))
        return user if user is not None and user.password == password else None


def _report(name: str, prompts: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Report:
    columns = dict.fromkeys(column for row in rows for column in row)
    texts = tuple({column: _text(row.get(column)) for column in columns} for row in rows)
    return Report(name, tuple(prompts), tuple(columns), texts)


def _text(value: Any) -> str:
    """Workday's text of a value: booleans are 1 and 0, nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        raise TypeError(f"the seed holds the binary float {value!r}; amounts are texts")
    return str(value)
