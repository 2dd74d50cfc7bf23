"""Exchange rates: written, never read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sandbox.concur.wire import Answer, Call, Refused, flat_problem

_MOST: Final = 100
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def write_rates(call: Call) -> Answer:
    """`POST /exchangerate/v4/rates`: a status for each row, inside a 200 answer."""
    rows = call.object().get("currency_sets")
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        message = "currency_sets must be a list of objects"
        raise Refused(flat_problem(call, 400, "invalidRequest", message))
    if len(rows) > _MOST:
        raise Refused(flat_problem(call, 413, "tooManyRows", f"At most {_MOST} rows are taken"))
    answers = [_written(call, row) for row in rows]
    failed = sum(1 for answer in answers if answer["statusCode"] != 200)
    return Answer(
        {
            "overallStatus": "Partial Success" if failed else "Success",
            "message": f"{len(rows) - failed} of {len(rows)} rates were taken",
            "currencySets": answers,
        }
    )


def _written(call: Call, row: Mapping[str, Any]) -> dict[str, Any]:
    if not _is_rate(row):
        return {**row, "statusCode": 400, "statusMessage": "Invalid request received"}
    key = f"{row['from_crn_code']}/{row['to_crn_code']}/{row['start_date']}"
    call.records.put("rate", key, dict(row))
    return {**row, "statusCode": 200, "statusMessage": "success"}


def _is_rate(row: Mapping[str, Any]) -> bool:
    codes = [str(row.get(name, "")) for name in ("from_crn_code", "to_crn_code")]
    try:
        date.fromisoformat(str(row.get("start_date")))
        positive = Decimal(str(row.get("rate"))) > 0
    except (ValueError, InvalidOperation):
        return False
    return positive and all(_CURRENCY.fullmatch(code) for code in codes) and codes[0] != codes[1]
