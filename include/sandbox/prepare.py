"""Writes the seeds of every twin, the bureaus' files and the connections that lead to the twins.

The business content is the same to the byte for the same seed; keys, passwords and tokens are drawn
once per home and reused. Everything is readable by its owner alone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import yaml

from sandbox.company.build import Company, generate
from sandbox.company.credentials import Credentials, connections

DEFAULT_PORTS: Final = {"netsuite": 8701, "concur": 8702, "workday": 8703, "smtp": 8704}
_SCOPES: Final = (
    "FISVC",
    "expense.report.read",
    "spend.list.read",
    "spend.listitem.read",
    "identity.user.ids.read",
    "identity.user.core.read",
    "identity.user.enterprise.read",
)
_REPORTS: Final = ("Tieout_Workers", "Tieout_Payroll_Lines", "Tieout_Payroll_Controls")


def prepare(home: Path, seed: int) -> None:
    """Write `home`/sandbox/seed and `home`/sandbox/connections.yaml for the company of `seed`."""
    sandbox, seeds = home / "sandbox", home / "sandbox" / "seed"
    seeds.mkdir(parents=True, exist_ok=True)
    sandbox.chmod(0o700)
    keys = Credentials.of(seeds / "credentials.json")
    _write(seeds / "credentials.json", keys.text().encode())
    company = generate(seed)
    expense = _concur(company, keys)
    _write(seeds / "netsuite.json", _json(_netsuite(company, keys)))
    _write(seeds / "concur.json", _json(expense))
    _write(seeds / "workday.json", _json(_workday(company, keys)))
    _write(seeds / "troubles.json", _json(company.trouble_list()))
    _write_deliveries(seeds, company)
    links = connections(company.plan, expense["company"]["uuid"], keys, home, _ports(home))
    _write(sandbox / "connections.yaml", yaml.safe_dump(links, sort_keys=True).encode())


def _netsuite(company: Company, keys: Credentials) -> dict[str, Any]:
    integration = {
        "client_id": keys.erp_client_id,
        "certificate_id": keys.erp_certificate_id,
        "public_key_pem": keys.erp_public_key,
        "role_id": "1101",
        "valid_to": "2028-06-30",
    }
    return company.netsuite() | {"integrations": [integration]}


def _concur(company: Company, keys: Credentials) -> dict[str, Any]:
    seed = company.concur()
    client = {
        "client_id": keys.expense_client_id,
        "client_secret": keys.expense_client_secret,
        "scopes": list(_SCOPES),
    }
    return seed | {
        "company": seed["company"] | {"request_token": keys.expense_request_token},
        "clients": [client],
    }


def _workday(company: Company, keys: Credentials) -> dict[str, Any]:
    user = {
        "login": company.plan.group["workday_login"],
        "password": keys.hr_password,
        "allowed": list(_REPORTS),
    }
    return company.workday() | {"users": [user]}


def _write_deliveries(seeds: Path, company: Company) -> None:
    shutil.rmtree(seeds / "files", ignore_errors=True)
    listed = []
    for drop in company.deliveries():
        target = seeds / "files" / drop.path
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(target, drop.content)
        listed.append(
            {
                "delivery": drop.delivery,
                "order": drop.order,
                "file": drop.path,
                "name": drop.name,
                "manifest": drop.manifest,
            }
        )
    _write(seeds / "deliveries.json", _json(listed))


def _ports(home: Path) -> dict[str, int]:
    chosen = home / "ports.json"
    if not chosen.exists():
        return DEFAULT_PORTS
    stated: dict[str, int] = json.loads(chosen.read_text(encoding="utf-8"))
    return DEFAULT_PORTS | stated


def _json(content: object) -> bytes:
    """JSON with decimals written exactly as they stand, trailing zeros kept."""
    marked = json.dumps(content, ensure_ascii=False, indent=1, default=_marked)
    return re.sub(r'"\\u0000([^"]*)"', r"\1", marked).encode() + b"\n"


def _marked(value: object) -> str:
    if isinstance(value, Decimal):
        return f"\u0000{value}"
    raise TypeError(f"{type(value).__name__} has no place in a seed file")


def _write(path: Path, content: bytes) -> None:
    """Replace `path` in one step, mode 0600."""
    fresh = path.with_name(f"{path.name}.tmp")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
    fresh.replace(path)
