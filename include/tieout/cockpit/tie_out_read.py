"""Source, journal and ledger per entity, with every comparison that was made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tieout.cockpit.figures import amount_text, instant_text
from tieout.cockpit.reading import Reader
from tieout.warehouse.store import Row, Work
from tieout.workflows.office import Office

#: Journals in these states book nothing any more.
GONE: Final = ("superseded", "rejected", "reversed", "refused_in_erp")


@dataclass(frozen=True, slots=True)
class Totals:
    """The three totals of an entity in one currency, in minor units.

    Each is the sum over classes of the positive class totals. `ledger_minor` and
    `difference_minor` are None until something was compared.
    """

    currency: str
    source_minor: int
    journal_minor: int
    ledger_minor: int | None
    difference_minor: int | None

    def as_answer(self) -> dict[str, Any]:
        """Decimal text."""
        return {
            "currency": self.currency,
            "source": amount_text(self.source_minor, self.currency),
            "journal": amount_text(self.journal_minor, self.currency),
            "ledger": amount_text(self.ledger_minor, self.currency),
            "difference": amount_text(self.difference_minor, self.currency),
        }


@dataclass(frozen=True)
class Compared:
    """How an entity's period compares: the newest run, what came before, what drifted."""

    entity: str
    close_state: str
    runs: Sequence[Row]
    totals: Sequence[Totals]
    drifts: Sequence[Row]

    @property
    def newest(self) -> Row | None:
        """The newest comparison, in one of its currencies."""
        return self.runs[0] if self.runs else None

    @property
    def open_drifts(self) -> list[Row]:
        """What the ledger still holds otherwise."""
        return [row for row in self.drifts if row["cured_at"] is None]


def compared(office: Office, work: Work, reader: Reader, period: str) -> dict[str, Compared]:
    """Entity → comparison, for every entity that the reader covers."""
    asked = {"period": period, "entities": list(reader.entities)}
    runs = _by_entity(work.rows("cockpit", "tie_out_runs", **asked))
    drifts = _by_entity(work.rows("cockpit", "drifts", **asked))
    stored = _by_entity(work.rows("cockpit", "store_totals", **asked, gone=list(GONE)))
    closes = {row["entity"]: row["state"] for row in work.rows("cockpit", "period_closes", **asked)}
    return {
        code: Compared(
            entity=code,
            close_state=closes.get(code, "not_started"),
            runs=runs.get(code, []),
            totals=_totals(runs.get(code, []), stored.get(code, [])),
            drifts=drifts.get(code, []),
        )
        for code in sorted(office.company.entities)
        if reader.covers(code)
    }


def _by_entity(rows: Sequence[Row]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["entity"]].append(row)
    return found


def _totals(runs: Sequence[Row], stored: Sequence[Row]) -> list[Totals]:
    """The newest run's totals; of the store where nothing of a currency was compared yet."""
    newest = [row for row in runs if row["id"] == runs[0]["id"] and row["currency"]]
    known = {
        row["currency"]: Totals(
            row["currency"], row["source_minor"], row["journal_minor"], row["ledger_minor"],
            row["difference_minor"],
        )
        for row in newest
    }  # fmt: skip
    for row in stored:
        known.setdefault(
            row["currency"],
            Totals(row["currency"], row["source_minor"], row["journal_minor"], None, None),
        )
    return [known[currency] for currency in sorted(known)]


def tie_out_answer(
    office: Office, work: Work, found: Mapping[str, Compared]
) -> list[dict[str, Any]]:
    """Per entity: totals, classes of the newest run, all runs, all drifts."""
    newest = [one.newest["id"] for one in found.values() if one.newest is not None]
    classes = defaultdict(list)
    for row in work.rows("cockpit", "tie_out_classes", run_ids=newest):
        classes[row["run_id"]].append(_class(row))
    return [_entity(office, one, classes) for one in found.values()]


def _entity(
    office: Office, one: Compared, classes: Mapping[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    currency = office.company.entity(one.entity).functional_currency
    main = next((total for total in one.totals if total.currency == currency), None)
    empty = {"currency": currency, "source": None, "journal": None, "ledger": None,
             "difference": None}  # fmt: skip
    newest = one.newest
    return {
        "entity": one.entity,
        **(empty if main is None else main.as_answer()),
        "state": "not_compared" if newest is None else newest["state"],
        "close_state": one.close_state,
        "compared_at": None if newest is None else instant_text(newest["compared_at"]),
        "journal_count": 0 if newest is None else newest["journal_count"],
        "note": "" if newest is None else newest["note"],
        "totals": [total.as_answer() for total in one.totals],
        "classes": [] if newest is None else classes.get(newest["id"], []),
        "runs": _runs(one.runs),
        "drifts": [_drift(row) for row in one.drifts],
    }


def _class(row: Row) -> dict[str, Any]:
    return {
        "component_class": row["component_class"],
        "currency": row["currency"],
        **{
            name: amount_text(row[f"{name}_minor"], row["currency"])
            for name in ("source", "journal", "ledger", "difference")
        },
    }


def _runs(rows: Sequence[Row]) -> list[dict[str, Any]]:
    runs: dict[int, dict[str, Any]] = {}
    for row in rows:
        run = runs.setdefault(
            row["id"],
            {
                "id": row["id"],
                "state": row["state"],
                "compared_at": instant_text(row["compared_at"]),
                "journal_count": row["journal_count"],
                "note": row["note"],
                "differences": [],
            },
        )
        if row["currency"]:
            text = amount_text(row["difference_minor"], row["currency"])
            run["differences"].append({"currency": row["currency"], "difference": text})
    return list(runs.values())


def _drift(row: Row) -> dict[str, Any]:
    return {
        "external_id": row["external_id"],
        "ledger_ref": row["ledger_ref"],
        "kind": row["kind"],
        "line_ref": row["line_ref"],
        "expected": row["expected"],
        "found": row["found"],
        "amount": amount_text(row["amount_minor"], row["currency"]),
        "currency": row["currency"],
        "changed_by": row["changed_by"],
        "found_at": instant_text(row["found_at"]),
        "cured_at": instant_text(row["cured_at"]),
    }
