"""The record service, carried out inside one transaction."""

from __future__ import annotations

import sqlite3
from typing import Any

from sandbox import clock
from sandbox.faults import Fault
from sandbox.netsuite import ledger, periods, posting
from sandbox.netsuite.calls import CATALOG, PERIOD, RECORD_ROOT, Call, method_not_allowed
from sandbox.netsuite.documents import Payload, read_payload
from sandbox.netsuite.errors import Detail, Refused, nonexistent
from sandbox.netsuite.paging import Page
from sandbox.netsuite.reading import ids_matching, show, show_list
from sandbox.netsuite.roles import Role, role_of
from sandbox.netsuite.schemas import RECORDS, metadata, with_custom_fields
from sandbox.netsuite.state import preferences
from sandbox.netsuite.wire import Answer


def answer_record(connection: sqlite3.Connection, call: Call, role: Role | None = None) -> Answer:
    """Answer any request to the record service.

    Raises:
        Refused: any of the vendor's errors; nothing is written then.
    """
    role = role or role_of(connection, call.role_id)
    if call.record_name == CATALOG:
        return _catalog(connection, call)
    if call.record_name == PERIOD:
        return _period(connection, call)
    if call.record_name not in RECORDS:
        raise nonexistent()
    stated = preferences(connection)
    desk = posting.Desk(
        connection,
        role,
        stated,
        with_custom_fields(RECORDS[call.record_name], stated),
        clock.now(),
        None if call.fault is None else Fault(**call.fault),
        int(stated["asynchronousLineLimit" if call.wants_async else "synchronousLineLimit"]),
    )
    if call.method == "GET":
        return _read(desk, call)
    return _write(desk, call)


def _write(desk: posting.Desk, call: Call) -> Answer:
    replaces = desk.record.sublist in call.query.get("replace", "").split(",")
    external = call.external_key
    match call.operation:
        case "create":
            written = posting.create(desk, _payload(desk, call))
        case "upsert":
            if external is None:
                text = "PUT addresses a record by its external id: eid:<externalId>."
                raise Refused(400, [Detail(text, "INVALID_REQUEST", url=call.path)])
            payload = _payload(desk, call)
            written = posting.upsert(desk, external, payload, replaces_lines=replaces)
        case "update":
            payload = _payload(desk, call)
            key = _internal_id(desk, call)
            written = posting.update(desk, key, payload, replaces_lines=replaces)
        case "delete":
            posting.remove(desk, _internal_id(desk, call))
            return Answer(204)
        case _:
            raise method_not_allowed(call)
    location = f"{call.base}{RECORD_ROOT}{desk.record.name}/{written}"
    return Answer(204, None, {"Location": location} | _warnings(call, desk))


def _payload(desk: posting.Desk, call: Call) -> Payload:
    return read_payload(desk.record, call.body.encode(), call.headers)


def _warnings(call: Call, desk: posting.Desk) -> dict[str, str]:
    dropped = _payload(desk, call).warnings
    return {"Warning": f'199 - "Unknown properties: {", ".join(dropped)}"'} if dropped else {}


def _read(desk: posting.Desk, call: Call) -> Answer:
    if call.key is None:
        found = ids_matching(desk.connection, desk.record, desk.role, call.query.get("q"))
        body: dict[str, Any] = show_list(desk.record, found, call.base, Page.asked(call.query))
        return Answer(200, body, media_type="application/vnd.oracle.resource+json; type=collection")
    kept = posting.demand(desk, _internal_id(desk, call))
    sublist = call.parts[2:] == [desk.record.sublist]
    query = {**call.query, "expandSubResources": "true"} if sublist else call.query
    body = show(desk.connection, desk.record, kept, call.base, query)
    return Answer(200, body[desk.record.sublist] if sublist else body)


def _internal_id(desk: posting.Desk, call: Call) -> object:
    external = call.external_key
    if external is None:
        return call.key
    return ledger.identify(desk.connection, desk.record, external)


def _period(connection: sqlite3.Connection, call: Call) -> Answer:
    if call.key is None:
        raise method_not_allowed(call)
    if call.method == "GET":
        return Answer(200, periods.read_period(connection, call.key, call.base))
    if call.method != "PATCH":
        raise method_not_allowed(call)
    periods.change_period(connection, call.key, call.body.encode())
    return Answer(204, None, {"Location": f"{call.base}{RECORD_ROOT}accountingPeriod/{call.key}"})


def _catalog(connection: sqlite3.Connection, call: Call) -> Answer:
    stated = preferences(connection)
    known = {name: with_custom_fields(each, stated) for name, each in RECORDS.items()}
    if call.key is None:
        wanted = call.query.get("select", ",".join(known)).lower().split(",")
        items = [{"name": each.name, "links": []} for n, each in known.items() if n in wanted]
        return Answer(200, {"items": items}, media_type="application/json")
    if call.key.lower() not in known:
        raise nonexistent()
    schema = metadata(known[call.key.lower()])
    return Answer(200, schema, media_type="application/schema+json")
