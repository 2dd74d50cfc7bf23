"""What the outside world does by its own hands: the control API of the vendors' twins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx

from sandbox.demo.errors import Stopped
from sandbox.demo.proof import LedgerJournal, Line
from sandbox.serve import read_ports

_CENT: Final = Decimal("0.01")


class World:
    """The provider, the ERP's clerk and the network, and a look into the ERP's own ledger.

    Args:
        home: the runtime's folder, with `ports.json`.
    """

    def __init__(self, home: Path) -> None:
        url = f"http://127.0.0.1:{read_ports(home)['control']}"
        self._client = httpx.Client(base_url=url, timeout=60.0, trust_env=False)

    def ledger(self) -> list[LedgerJournal]:
        """Every journal that the ERP itself holds."""
        return [_journal(each) for each in self._asked("GET", "/netsuite/ledger")["journals"]]

    def edit_amount(self, ledger_id: str, line: int, amount: Decimal) -> None:
        """The clerk changes a line of a posted journal by hand."""
        body = {"id": ledger_id, "line": line, "amount": str(amount)}
        self._asked("POST", "/netsuite/clerk/edit-line", body)

    def restore(self, ledger_id: str) -> None:
        """The clerk undoes the edits of a journal."""
        self._asked("POST", "/netsuite/clerk/restore", {"id": ledger_id})

    def lose_next_answer(self, entity: str) -> None:
        """The next journal of an entity will be taken by the ERP, and its answer lost."""
        switch = {
            "vendor": "netsuite",
            "kind": "drop_after",
            "operation": "create",
            "match": {"external_id": f"{entity}-*"},
            "count": 1,
        }
        self._asked("POST", "/faults", switch)

    def answer_will_be_lost(self, entity: str) -> bool:
        """Whether that is in store for the entity already."""
        armed = self._asked("GET", "/faults")["armed"]
        return any(
            each["vendor"] == "netsuite" and each["match"].get("external_id") == f"{entity}-*"
            for each in armed
        )

    def deliver(self, delivery: str) -> list[str]:
        """The providers deliver; what they delivered before stays as it is."""
        sent: list[str] = self._asked("POST", "/drop/deliver", {"delivery": delivery})["delivered"]
        return sent

    def mails(self) -> list[dict[str, Any]]:
        """Mails that arrived."""
        arrived: list[dict[str, Any]] = self._asked("GET", "/smtp/messages")
        return arrived

    def _asked(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.TransportError as error:
            raise Stopped(
                f"The vendors' twins at {self._client.base_url} do not answer "
                f"({type(error).__name__}). Run `make status` and `make logs NAME=twins`."
            ) from error
        if answer.is_error:
            raise Stopped(f"The twins refused {method} {path}: {answer.text[:300]}")
        return answer.json()


def _journal(shown: Mapping[str, Any]) -> LedgerJournal:
    """A journal as shown; the ERP writes `2.5` for 2.50, so amounts get the digits of all lines."""
    lines = [_line(each) for each in shown["lines"]]
    fine = any(line.amount % 1 for line in lines)
    return LedgerJournal(
        ledger_id=str(shown["id"]),
        external_id=str(shown["externalId"] or ""),
        entity=str(shown["subsidiaryExternalId"] or shown["subsidiary"]),
        period=str(shown["periodName"]),
        currency=str(shown["currency"]),
        posting=bool(shown["posting"]),
        lines=tuple(
            replace(line, amount=line.amount.quantize(_CENT)) if fine else line for line in lines
        ),
    )


def _line(shown: Mapping[str, Any]) -> Line:
    return Line(
        number=int(shown["line"]),
        account=str(shown["account"]),
        cost_center=str(shown["department"] or ""),
        project=str(shown["class"] or ""),
        amount=Decimal(shown["debit"] or "0") - Decimal(shown["credit"] or "0"),
    )
