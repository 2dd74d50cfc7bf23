"""The same rows as JSON, CSV and XML; only CSV shows a field that is empty."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final
from xml.sax.saxutils import escape

from sandbox.workday.reports import Row

#: Of the query's `format`; the empty name stands for no format at all.
MEDIA_TYPES: Final = {
    "json": "application/json;charset=UTF-8",
    "csv": "text/csv;charset=UTF-8",
    "simplexml": "text/xml;charset=UTF-8",
    "": "text/xml;charset=UTF-8",
}


def written(form: str, report: str, columns: Sequence[str], rows: Sequence[Row]) -> bytes:
    """The whole body of a report in one of the `MEDIA_TYPES`."""
    writers: Mapping[str, Callable[[], str]] = {
        "json": lambda: _json(rows),
        "csv": lambda: _csv(columns, rows),
        "simplexml": lambda: _xml("", "", rows),
        "": lambda: _xml("wd:", f' xmlns:wd="urn:com.workday.report/{report}"', rows),
    }
    return writers[form]().encode("utf-8")


def _filled(row: Row) -> dict[str, str]:
    return {name: value for name, value in row.items() if value != ""}


def _json(rows: Sequence[Row]) -> str:
    return json.dumps({"Report_Entry": [_filled(row) for row in rows]}, ensure_ascii=False)


def _csv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _xml(prefix: str, namespace: str, rows: Sequence[Row]) -> str:
    entries = "".join(
        f"<{prefix}Report_Entry>"
        + "".join(
            f"<{prefix}{name}>{escape(value)}</{prefix}{name}>"
            for name, value in _filled(row).items()
        )
        + f"</{prefix}Report_Entry>"
        for row in rows
    )
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return f"{head}<{prefix}Report_Data{namespace}>{entries}</{prefix}Report_Data>"
