"""The proof of a period per entity: certificate, clearing, exchange bridge, bars to signing."""

from __future__ import annotations

from typing import Any

from tieout.cockpit.figures import amount_text, instant_text
from tieout.cockpit.reading import Reader
from tieout.finance.certificates import FLOW_FIELDS, Flow, PeriodCertificate, Sums
from tieout.finance.clearing import ClearingAccount
from tieout.warehouse.store import Row, Work
from tieout.workflows.bridges import ExchangeBridge, clearing_of, exchange_of
from tieout.workflows.certify import period_certificate
from tieout.workflows.close_checks import what_bars_signing
from tieout.workflows.office import Office


def proof_answer(office: Office, work: Work, reader: Reader, period: str) -> list[dict[str, Any]]:
    """Every entity that the reader covers, as the store stands now.

    `kept` is the newest certificate that was shown to an approver; another hash than the present
    one means that something changed since.
    """
    asked = {"period": period, "entities": list(reader.entities)}
    kept = {row["entity"]: row for row in work.rows("certify", "newest", **asked)}
    entities = [code for code in sorted(office.company.entities) if reader.covers(code)]
    return [_entity(office, work, code, period, kept.get(code)) for code in entities]


def _entity(
    office: Office, work: Work, entity: str, period: str, kept: Row | None
) -> dict[str, Any]:
    made = period_certificate(office, work, entity, period)
    return {
        "entity": entity,
        "certificate": _certificate(made, kept),
        "clearing": [_clearing(office, each) for each in clearing_of(work, entity, period)],
        "exchange": [_exchange(each) for each in exchange_of(work, entity, period)],
        "bars_signing": [each.as_dict() for each in what_bars_signing(work, entity, period)],
    }


def _certificate(made: PeriodCertificate, kept: Row | None) -> dict[str, Any]:
    return {
        "hash": made.content_hash,
        "equal": made.equal,
        "failures": list(made.failures),
        "flows": [_flow(flow) for flow in made.flows],
        "documents": len(made.documents),
        "expected": [
            {"provider": run.provider, "state": run.state, "reason": run.reason, "by": run.by}
            for run in made.expected
        ],
        "kept": None
        if kept is None
        else {
            "revision": kept["revision"],
            "hash": kept["content_hash"],
            "made_at": instant_text(kept["made_at"]),
        },
    }


def _flow(flow: Flow) -> dict[str, Any]:
    members = {name: _sums(getattr(flow, name), flow.currency) for name in FLOW_FIELDS}
    return {"kind": flow.kind, "currency": flow.currency, **members}


def _sums(sums: Sums, currency: str) -> dict[str, Any]:
    return {
        "lines": sums.line_count,
        "debit": amount_text(sums.debit_minor, currency),
        "credit": amount_text(sums.credit_minor, currency),
    }


def _clearing(office: Office, account: ClearingAccount) -> dict[str, Any]:
    amounts = ("opening", "booked", "paid", "closing", "open", "unexplained")
    return {
        "route": account.route,
        "account": account.account,
        "currency": account.currency,
        **{name: amount_text(getattr(account, f"{name}_minor"), account.currency)
           for name in amounts},
        "open_items": account.open_count,
        "oldest_days": account.oldest_days(office.now()),
        "ties": account.ties,
    }  # fmt: skip


def _exchange(bridge: ExchangeBridge) -> dict[str, Any]:
    return {
        "spend_currency": bridge.spend_currency,
        "currency": bridge.currency,
        "reference_source": bridge.reference_source,
        "entries": bridge.entry_count,
        "differing": bridge.differing_count,
        "derived_rates": bridge.derived_count,
        "approved": amount_text(bridge.approved_minor, bridge.currency),
        "at_reference_rate": amount_text(bridge.reference_minor, bridge.currency),
        "difference": amount_text(bridge.difference_minor, bridge.currency),
    }
