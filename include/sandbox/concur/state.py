"""Opens the twin's memory and fills it once from the company's seed."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final

from sandbox.concur import exact_json
from sandbox.concur.documents import add_document
from sandbox.concur.shelf import Records, Shelf

#: How the twin behaves where Concur's pages leave room; changed through the control routes.
DEFAULT_SWITCHES: Final[dict[str, Any]] = {
    # What a refresh gives back: same | keep_old | kill_old.
    "rotation": "same",
    # The status that says that an access token has expired: 401 | 403.
    "expired_status": 401,
    "access_seconds": 3600,
    "refresh_seconds": 15_552_000,
    "request_token_seconds": 86_400,
    # Form of `document` when the caller does not ask for one: text | json.
    "document_format": "json",
    # A limit beyond the allowed one is: clamp | refuse.
    "limit_policy": "clamp",
    "limit_maximum": 100,
    # Order of the items in an answer: request | reversed.
    "item_order": "request",
    # A success after a confirmed error on the same document: refuse | allow.
    "reconfirm": "refuse",
    "shuffle_keys": True,
    "extra_keys": True,
    # Scheme and host where the company lives, when that is not where the twin was called.
    "home": None,
}


def state_file(home: Path) -> Path:
    """Where the twin keeps its memory."""
    return home / "sandbox" / "state" / "concur.sqlite"


def open_state(home: Path) -> Shelf:
    """The twin's memory, filled from `seed/concur.json` when it is new.

    Raises:
        FileNotFoundError: the memory is empty and there is no seed.
    """
    shelf = Shelf(state_file(home))
    with shelf.transaction() as records:
        if records.get("setting", "seeded") is None:
            text = (home / "sandbox" / "seed" / "concur.json").read_text(encoding="utf-8")
            _fill(records, exact_json.loads(text))
            records.put("setting", "seeded", {"at": int(time.time())})
    return shelf


def switches(records: Records) -> dict[str, Any]:
    """The behaviour in force."""
    return DEFAULT_SWITCHES | (records.get("setting", "switches") or {})


def renew_request_token(records: Records) -> None:
    """Count the request token's day from now: an administrator issued it again."""
    company = records.get("setting", "company")
    records.put("setting", "company", company | {"request_token_issued_at": int(time.time())})


def _fill(records: Records, seed: dict[str, Any]) -> None:
    records.put("setting", "company", seed["company"])
    renew_request_token(records)
    for client in seed["clients"]:
        records.put("client", client["client_id"], client)
    for user in seed["users"]:
        records.put("user", user["id"], user)
    for each in seed["lists"]:
        items = each["items"]
        records.put("list", each["id"], {k: v for k, v in each.items() if k != "items"})
        for item in items:
            records.put("item", item["id"], {"listId": each["id"], "isDeleted": False} | item)
    for report in seed["reports"]:
        records.put("report", report["reportId"], report)
    for document in seed["documents"]:
        add_document(records, document["content"], document["docType"], document.get("approved_at"))
