"""The calls of the API: which path does what, and whose token may make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.concur import (
    confirmations,
    events,
    identity,
    lists,
    rates,
    reports,
    tokens,
    transactions,
)
from sandbox.concur.wire import Answer, Call

_FIS: Final = "/financialintegration/fi/v4/companies/transactiontypes/{doc_type}/transactions"
_LISTS: Final = "/list/v4"
_USERS: Final = "/profile/identity/v4.1/Users"
_SUBSCRIPTIONS: Final = "/events/v4/subscriptions"
_REPORT: Final = "/expensereports/v4/users/{user_id}/context/{context}/reports/{report_id}"
_COMPANY: Final = frozenset({"company"})
_COMPANY_OR_USER: Final = frozenset({"company", "user"})
_APPLICATION: Final = frozenset({"app"})
_IDENTITY: Final = (
    "identity.user.ids.read",
    "identity.user.core.read",
    "identity.user.enterprise.read",
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One call of the API; `name` is what a fault switch names.

    `kinds` are the tokens that may make it, None for a call without a token; any of `scopes`
    is enough.
    """

    name: str
    method: str
    path: str
    work: Callable[[Call], Answer]
    kinds: frozenset[str] | None
    scopes: tuple[str, ...] = ()


OPERATIONS: Final = (
    Operation("token", "POST", "/oauth2/v0/token", tokens.token, None),
    Operation(
        "revoke", "DELETE", "/app-mgmt/v0/connections", tokens.revoke, _COMPANY | _APPLICATION
    ),
    Operation("transactions", "GET", _FIS, transactions.read_page, _COMPANY, ("FISVC",)),
    Operation(
        "acknowledgements",
        "POST",
        f"{_FIS}/acknowledgements",
        confirmations.acknowledge,
        _COMPANY,
        ("FISVC",),
    ),
    Operation(
        "postingconfirmations",
        "POST",
        f"{_FIS}/postingconfirmations",
        confirmations.confirm_postings,
        _COMPANY,
        ("FISVC",),
    ),
    Operation(
        "paymentconfirmations",
        "POST",
        f"{_FIS}/paymentconfirmations",
        confirmations.confirm_payments,
        _COMPANY,
        ("FISVC",),
    ),
    *(
        Operation("lists", method, f"{_LISTS}{path}", work, _COMPANY_OR_USER, (scope,))
        for method, path, work, scope in (
            ("GET", "/lists", lists.read_lists, "spend.list.read"),
            ("GET", "/lists/{list_id}", lists.read_list, "spend.list.read"),
            ("GET", "/lists/{list_id}/children", lists.read_list_children, "spend.listitem.read"),
            ("POST", "/lists/{list_id}/bulk", lists.bulk_create, "spend.listitem.write"),
            ("PATCH", "/lists/{list_id}/bulk", lists.bulk_change, "spend.listitem.write"),
            (
                "DELETE",
                "/lists/{list_id}/items/{item_id}",
                lists.delete_item,
                "spend.listitem.delete",
            ),
            ("POST", "/items", lists.create_item, "spend.listitem.write"),
            ("GET", "/items/{item_id}", lists.read_item, "spend.listitem.read"),
            ("GET", "/items/{item_id}/children", lists.read_item_children, "spend.listitem.read"),
            ("PUT", "/items/{item_id}", lists.change_item, "spend.listitem.write"),
            ("DELETE", "/items/{item_id}", lists.delete_item, "spend.listitem.delete"),
        )
    ),
    Operation("users", "GET", _USERS, identity.read_users, _COMPANY, _IDENTITY),
    Operation("users", "POST", f"{_USERS}/.search", identity.search_users, _COMPANY, _IDENTITY),
    Operation("users", "GET", f"{_USERS}/{{user_id}}", identity.read_user, _COMPANY, _IDENTITY),
    Operation(
        "reports", "GET", _REPORT, reports.read_report, _COMPANY_OR_USER, ("expense.report.read",)
    ),
    Operation(
        "reports",
        "GET",
        "/api/v3.0/expense/reports",
        reports.read_reports_v3,
        _COMPANY_OR_USER,
        ("EXPRPT", "expense.report.read"),
    ),
    Operation(
        "rates",
        "POST",
        "/exchangerate/v4/rates",
        rates.write_rates,
        _COMPANY,
        ("expense.exchangerate.writeonly",),
    ),
    *(
        Operation("events", method, path, work, _APPLICATION, ("events.topic.read",))
        for method, path, work in (
            ("GET", "/events/v4/topics", events.read_topics),
            ("PUT", f"{_SUBSCRIPTIONS}/webhook", events.subscribe),
            ("GET", _SUBSCRIPTIONS, events.read_subscriptions),
            ("GET", f"{_SUBSCRIPTIONS}/{{subscription_id}}", events.read_subscriptions),
            ("DELETE", f"{_SUBSCRIPTIONS}/{{subscription_id}}", events.unsubscribe),
        )
    ),
)
