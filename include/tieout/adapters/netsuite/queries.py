"""SuiteQL: named statements from files, bound parameters, complete and stable pages.

NetSuite answers at most 1000 rows a page and 100,000 a query; keys are lower case, values are text,
a NULL column is missing, flags are `T` and `F`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tieout.adapters.transport import HttpClient, Request, one_line
from tieout.errors import SettingsError, VendorRefusedError, VendorUnavailableError

_PATH: Final = "/services/rest/query/v1/suiteql"
PAGE_ROWS: Final = 1000
MOST_ROWS: Final = 100_000
#: Readings of one query before we say that the ledger does not hold still.
_READINGS: Final = 3

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query returned; `complete` is False when NetSuite would give no more of it."""

    rows: Sequence[Row]
    complete: bool


def load_statements(folder: Path) -> Mapping[str, str]:
    """The SuiteQL of every `*.sql` file of `folder`, by file name, without comment lines.

    Raises:
        SettingsError: there is none.
    """
    statements = {
        file.stem: "\n".join(
            line
            for line in file.read_text(encoding="utf-8").splitlines()
            if not line.startswith("--")
        ).strip()
        for file in sorted(folder.glob("*.sql"))
    }
    if not statements:
        raise SettingsError(
            f"There are no NetSuite queries in {folder}.",
            blocks="every reading of NetSuite",
            next_step="Set TIEOUT_ROOT to the project's folder.",
        )
    return statements


class Queries:
    """Runs the named statements."""

    def __init__(self, client: HttpClient, statements: Mapping[str, str]) -> None:
        self._client = client
        self._statements = statements

    def all_rows(self, name: str, *parameters: str) -> Sequence[Row]:
        """Every row of statement `name`.

        Raises:
            VendorUnavailableError: no answer, or the rows changed during three readings.
            VendorRefusedError: NetSuite refuses the statement, or would not give all its rows.
        """
        found = self.rows(name, *parameters)
        if not found.complete:
            raise VendorRefusedError(
                f"NetSuite has more than {MOST_ROWS} rows for {name} and gives no more.",
                blocks=f"the reading of {name}",
                next_step="Ask for SuiteAnalytics Connect, or narrow the role's subsidiaries.",
            )
        return found.rows

    def rows(self, name: str, *parameters: str) -> Rows:
        """Rows of statement `name`, up to the most that one query gives; raises as `all_rows`."""
        for _ in range(_READINGS):
            found = self._one_reading(name, parameters)
            if found is not None:
                return found
        raise VendorUnavailableError(
            f"NetSuite's rows for {name} changed while we read them, {_READINGS} times.",
            blocks=f"the reading of {name}",
            next_step="None; the next run reads again.",
        )

    def _one_reading(self, name: str, parameters: Sequence[str]) -> Rows | None:
        """All pages, or none when the number of rows changed between two of them."""
        rows: list[Row] = []
        total: int | None = None
        while len(rows) < MOST_ROWS:
            page = self._page(name, parameters, len(rows))
            stated = page.get("totalresults")
            if stated is not None and total is not None and int(stated) != total:
                return None
            total = int(stated) if stated is not None else total
            items = page.get("items", [])
            rows.extend(_row(item) for item in items)
            if not page.get("hasmore"):
                complete = total is None or total == len(rows)
                return Rows(rows, complete=True) if complete else None
            if len(items) != PAGE_ROWS:
                return None
        return Rows(rows, complete=False)

    def _page(self, name: str, parameters: Sequence[str], offset: int) -> Mapping[str, Any]:
        body: dict[str, object] = {"q": self._statements[name]}
        if parameters:
            body["params"] = list(parameters)
        request = Request.with_json(
            "POST",
            _PATH,
            f"read {name.replace('_', ' ')}",
            body,
            headers={"Prefer": "transient"},
            params={"limit": str(PAGE_ROWS), "offset": str(offset)},
            accepted=frozenset({400, 401, 403}),
            expects_json=True,
        )
        answer = self._client.read(request)
        if not answer.succeeded:
            raise _refused(name, answer.status, one_line(self._client.redacted(answer.text)))
        # Property names came in lower case in recordings of real accounts: read any case.
        return {str(key).lower(): value for key, value in answer.json().items()}


def _row(item: Mapping[str, Any]) -> Row:
    return {
        str(key).lower(): value if isinstance(value, str) else _text(value)
        for key, value in item.items()
        if key != "links" and value is not None
    }


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "T" if value else "F"
    return f"{value}"


def _refused(name: str, status: int, said: str) -> VendorRefusedError:
    lowered = said.lower()
    if status == 401:
        code, step = "erp_login", "Renew the key of the connection."
    elif status == 403 or "permission" in lowered:
        code, step = "erp_no_right", "Grant SuiteAnalytics Workbook and view rights to our role."
    elif "unknown identifier" in lowered or "invalid search type" in lowered:
        code, step = "contract_drift", "Compare the columns with the account's Records Catalog."
    else:
        code, step = "vendor_refused", "Give the answer to the ERP's administrator."
    return VendorRefusedError(
        f"NetSuite refused to let us read {name} ({status}): {said}",
        code=code,
        blocks=f"the reading of {name}",
        next_step=step,
    )
