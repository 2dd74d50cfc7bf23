"""The files of a build without a store: the same bytes for the same inputs, on every machine.

Amounts are decimal text in their currency. `journals/<external id>.json` holds the canonical JSON
byte for byte, so that its SHA-256 is the content hash that an approval would bind to.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from tieout.errors import Finding
from tieout.finance.certificates import STATES, Sums
from tieout.finance.journals import Journal, list_hash
from tieout.workflows.headless_certificate import Certificate, Disposed
from tieout.workflows.headless_evidence import evidence_file
from tieout.workflows.headless_lines import ranges_told, shares_told
from tieout.workflows.headless_values import Duplicate, FolderBuilt, Known, Opened
from tieout.workflows.unit_rules import shown

if TYPE_CHECKING:
    from tieout.stages.build.build import BuiltJournal


def folder_files(built: FolderBuilt, known: Known) -> dict[str, bytes]:
    """Relative path → content of every file."""
    journals = [item.journal for unit in built.units for item in unit.journals]
    return {
        **{
            f"journals/{journal.external_id}.json": journal.canonical_json().encode()
            for journal in journals
        },
        "journals.csv": _table(
            "external_id,entity,kind,period,accounting_date,currency,line,account,cost_center,"
            "project,debit,credit,class",
            (
                row
                for journal in sorted(journals, key=lambda journal: journal.external_id)
                for row in _lines_of(journal)
            ),
        ),
        "lineage.csv": _lineage(built),
        "dispositions.csv": _dispositions(built),
        "evidence.parquet": evidence_file(unit.evidence for unit in built.units),
        "exceptions.csv": _exceptions(built),
        "rules.csv": _table(
            "rule,valid_from,content",
            (
                (row.name, row.valid_from.isoformat(), row.text)
                for row in sorted(known.mapping.rows, key=lambda row: row.name)
            ),
        ),
        "findings.json": _json(findings_told(built)),
        "certificate.json": _json(certificate(built, known)),
    }  # fmt: skip


def _lines_of(journal: Journal) -> Iterator[Sequence[object]]:
    currency = journal.currency
    heading = (
        journal.external_id, journal.key.entity, journal.key.kind.value, journal.key.period,
        journal.accounting_date.isoformat(), currency,
    )  # fmt: skip
    for line in journal.lines:
        yield (
            *heading, line.number, line.account, line.cost_center, line.project,
            shown(line.debit_minor, currency), shown(line.credit_minor, currency),
            line.component_class,
        )  # fmt: skip


def _lineage(built: FolderBuilt) -> bytes:
    items = [item for unit in built.units for item in unit.journals]
    items.sort(key=lambda item: item.journal.external_id)
    return _table(
        "external_id,line,document,source_lines,amount,shares",
        (row for item in items for row in _links(item)),
    )


def _links(item: BuiltJournal) -> Iterator[Sequence[object]]:
    external_id, currency, links = item.journal.external_id, item.journal.currency, item.links
    columns = (links[name].to_list() for name in ("line_number", "document", "amount_minor"))
    told = ranges_told(links["source_lines"]), shares_told(links, currency)
    for number, document, amount, lines, shares in zip(*columns, *told, strict=True):
        yield external_id, number, document, lines, shown(amount, currency), shares


def _dispositions(built: FolderBuilt) -> bytes:
    names = {one.document.sha256: one.document.name for one in _certificates(built)}
    return _table(
        "unit,document,name,state,reason,external_id,currency,lines,debit,credit,source_lines",
        (
            (
                unit.key, part.document, names[part.document], part.state, part.reason,
                part.external_id, part.currency, part.sums.line_count,
                shown(part.sums.debit_minor, part.currency),
                shown(part.sums.credit_minor, part.currency), told,
            )
            for unit in built.units
            for part, told in zip(unit.disposed, _lines(unit.disposed), strict=True)
        ),
    )  # fmt: skip


def _lines(disposed: Sequence[Disposed]) -> list[str]:
    import polars as pl

    lists = [part.source_lines for part in disposed]
    return ranges_told(pl.Series(lists, dtype=pl.List(pl.Int64)))


def _exceptions(built: FolderBuilt) -> bytes:
    return _table(
        "entity,code,cause,items,at_risk,currency,unit,message,blocks,next_step",
        (
            (
                cause.entity, cause.code, cause.cause, cause.item_count,
                shown(cause.at_risk_minor, cause.currency), cause.currency, unit.key,
                told.message, told.blocks, told.next_step,
            )
            for unit in built.units
            for cause, told in unit.held
        ),
    )  # fmt: skip


def findings_told(built: FolderBuilt) -> list[dict[str, object]]:
    """Everything that was found, with unit, stage and the document's hash."""

    def told(unit: str, stage: str, document: str, item: Finding) -> dict[str, object]:
        return {"unit": unit, "stage": stage, "document": document, **item.as_dict()}

    rows = [
        told("", "extract", one.document.sha256, one.failure)
        for one in sorted(built.unread, key=_by_document)
        if one.failure is not None
    ]
    rows += [told("", "extract", "", item) for *_, item in sorted(built.duplicates, key=_by_name)]
    shas = {(unit.key, one.document.name): one.document.sha256
            for unit in built.units for one in unit.certificates}  # fmt: skip
    rows += [
        told(unit.key, stage, sha256 or shas.get((unit.key, item.where.document), ""), item)
        for unit in built.units
        for stage, sha256, item in unit.findings
    ]
    return rows


def _by_document(opened: Opened) -> tuple[str, str]:
    return opened.document.provider, opened.document.name


def _by_name(duplicate: Duplicate) -> tuple[str, str]:
    return duplicate[:2]


def certificate(built: FolderBuilt, known: Known) -> dict[str, object]:
    """What came in and how it ended, per document and per currency."""
    journals = sorted(
        (item.journal.external_id, item.journal.content_hash)
        for unit in built.units
        for item in unit.journals
    )
    failures = built.failures()
    return {
        "tenant": known.company.tenant,
        "period": known.period.code,
        "known_at": known.known_at.isoformat(),
        "mapping_version": known.mapping.version,
        "equal": not failures,
        "failures": failures,
        "totals": totals_told(built),
        "documents": [_document(one) for one in _certificates(built)],
        "unread": sorted(f"{one.document.provider}/{one.document.name}" for one in built.unread),
        "duplicates": [
            {"name": name, "equal_to": first}
            for name, first, _ in sorted(built.duplicates, key=_by_name)
        ],
        "journals": [{"external_id": one, "content_hash": two} for one, two in journals],
        "journals_hash": list_hash(journals),
        "expectations": {
            unit: [asdict(outcome) for outcome in outcomes]
            for unit, outcomes in sorted(built.expectations.items())
        },
    }


def _certificates(built: FolderBuilt) -> list[Certificate]:
    every = [one for unit in built.units for one in unit.certificates]
    return sorted(every, key=lambda one: (one.unit_key, one.document.name, one.document.sha256))


def _document(one: Certificate) -> dict[str, object]:
    control = one.control
    return {
        "document": one.document.sha256,
        "name": one.document.name,
        "provider": one.document.provider,
        "unit": one.unit_key,
        "equal": not one.failures,
        "failures": list(one.failures),
        "stated": None if control is None else {
            "origin": control.origin.value,
            "currency": control.currency,
            **_sums(Sums(control.line_count, control.debit_minor, control.credit_minor),
                    control.currency),
        },
        "as_stated": one.as_stated,
        "currencies": {
            currency: {
                "in": _sums(one.came_in.get(currency, Sums()), currency),
                **{state: _sums(ended[state], currency) for state in STATES},
            }
            for currency, ended in one.ended.items()
        },
    }  # fmt: skip


def totals_told(built: FolderBuilt) -> dict[str, object]:
    """The same per currency over all documents."""
    came_in: dict[str, Sums] = {}
    ended: dict[tuple[str, str], Sums] = {}
    for one in _certificates(built):
        for currency, sums in one.came_in.items():
            came_in[currency] = came_in.get(currency, Sums()) + sums
        for currency, states in one.ended.items():
            for state, sums in states.items():
                ended[currency, state] = ended.get((currency, state), Sums()) + sums
    return {
        currency: {
            "in": _sums(came_in.get(currency, Sums()), currency),
            **{state: _sums(ended[currency, state], currency) for state in STATES},
        }
        for currency in sorted({currency for currency, _ in ended})
    }


def _sums(sums: Sums, currency: str) -> dict[str, object]:
    return {
        "lines": sums.line_count,
        "debit": shown(sums.debit_minor, currency),
        "credit": shown(sums.credit_minor, currency),
    }


def _table(header: str, rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue().encode()


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()
