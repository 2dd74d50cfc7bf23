"""The queue of financial documents as a caller reads it."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from sandbox.concur import exact_json
from sandbox.concur.documents import DOCUMENT_TYPES, RECALLED, approved, queue
from sandbox.concur.state import switches
from sandbox.concur.wire import Answer, Call, Refused, bad_request, whole_number

#: Envelope keys that real pages carry, always null here.
_LINK_EXTRAS: Final = ("hreflang", "media", "title", "type", "deprecation")


def demand_type(call: Call) -> str:
    """The document type of the path.

    Raises:
        Refused: Concur knows no such type.
    """
    doc_type = call.path["doc_type"]
    if doc_type not in DOCUMENT_TYPES:
        message = f"Unsupported transaction type {doc_type}"
        raise Refused(bad_request(call, "invalid.transaction.type", message, "docType"))
    return doc_type


def read_page(call: Call) -> Answer:
    """`GET …/transactions`: one page of READY documents, or all documents of one report."""
    doc_type = demand_type(call)
    page, size = _page_and_size(call)
    headers = _selected(call, doc_type)
    chosen = headers[page * size : (page + 1) * size]
    pages = -(-len(headers) // size)
    return Answer(
        {
            "links": _links(call, page, size, pages),
            "content": [_content(call, header) for header in chosen],
            "page": {
                "size": size,
                "totalElements": len(headers),
                "totalPages": pages,
                "number": page,
            },
        }
    )


def shuffled(value: Any, draw: random.Random) -> Any:
    """The same JSON value with the keys of every object in another order."""
    if isinstance(value, dict):
        keys = list(value)
        draw.shuffle(keys)
        return {key: shuffled(value[key], draw) for key in keys}
    if isinstance(value, list):
        return [shuffled(item, draw) for item in value]
    return value


def _page_and_size(call: Call) -> tuple[int, int]:
    policy = switches(call.records)
    page, size = whole_number(call, "page", 0), whole_number(call, "limit", 25)
    most = policy["limit_maximum"]
    if policy["limit_policy"] == "clamp":
        return max(page, 0), min(max(size, 1), most)
    if page < 0 or not 1 <= size <= most:
        message = f"page must be 0 or more, limit from 1 to {most}"
        raise Refused(bad_request(call, "request.validation.error", message, "limit"))
    return page, size


def _selected(call: Call, doc_type: str) -> list[dict[str, Any]]:
    report_id, system_id = call.query.get("docId"), call.query.get("systemId")
    if report_id is not None and call.query.get("ignoreDocumentStatus") == "yes":
        found = [
            header
            for header in call.records.each("document")
            if header["docType"] == doc_type
            and header["status"] != RECALLED
            and approved(header, call.now)
        ]
    else:
        found = queue(call.records, doc_type, call.now)
    if report_id is not None:
        found = [header for header in found if header["reportId"] == report_id]
    if system_id is not None:
        found = [h for h in found if h["erpSystemId"] in {None, "", system_id}]
    return found


def _content(call: Call, header: Mapping[str, Any]) -> dict[str, Any]:
    policy = switches(call.records)
    body = call.records.get("body", header["id"])
    odd = policy["extra_keys"] and zlib.crc32(header["id"].encode()) % 5 == 0
    if odd:
        body = {**body, "extensionAttributes": {"origin": "platform", "labels": []}}
    form = call.headers.get("documentformatas", policy["document_format"]).lower()
    if policy["shuffle_keys"]:
        body = shuffled(body, random.Random())
    content = {
        "id": header["id"],
        "docType": header["docType"],
        "companyId": header["companyId"],
        "entityId": header["entityId"],
        "companyUuid": header["companyUuid"],
        "erpSystemId": header["erpSystemId"],
        "document": exact_json.dumps(body) if form == "text" else body,
        "docStatus": header["status"],
        "links": [],
    }
    return {**content, "schemaVersion": None} if odd else content


def _links(call: Call, page: int, size: int, pages: int) -> list[dict[str, Any]]:
    last = max(pages - 1, 0)
    wanted = {"first": 0, "self": page, "next": page + 1, "last": last}
    if page > 0:
        wanted["prev"] = page - 1
    if page >= last:
        del wanted["next"]
    kept = {k: v for k, v in call.query.items() if k not in {"page", "size"}}
    return [
        {
            "rel": rel,
            "href": f"{call.base}{call.url_path}?"
            + urlencode({**kept, "page": number, "size": size}),
            **dict.fromkeys(_LINK_EXTRAS),
        }
        for rel, number in wanted.items()
    ]
