"""The fields of what is built and proved: pay runs, batches, journals, their lines and lineage.

Sums over several people are internal; what small a group they come from is said by `people_count`.
"""

from __future__ import annotations

from typing import Final

from tieout.contracts.meaning import (
    CodeList,
    FieldMeaning,
    FieldType,
    RowContract,
    Sensitivity,
)
from tieout.finance.documents import ControlOrigin, RunKind
from tieout.finance.journal_keys import JournalKind

_PUBLIC = Sensitivity.PUBLIC
_INTEGER, _DATE, _INSTANT = FieldType.INTEGER, FieldType.DATE, FieldType.INSTANT
_MONTH: Final = "[0-9]{4}-(0[1-9]|1[0-2])"
_MINOR: Final = "minor units of currency"
_SIDES: Final = "plus is debit, minus is credit"
_SUM: Final = "never below zero"

_DOCUMENT: Final = FieldMeaning(
    "document", "SHA-256 of the bytes of the document", key=True, required=True, length=64
)
_ENTITY: Final = FieldMeaning("entity", "code of the legal entity", required=True)
_PERIOD: Final = FieldMeaning(
    "period", "accounting period, fiscal year and number", required=True, syntax=_MONTH
)
_CURRENCY: Final = FieldMeaning(
    "currency", "currency of the amounts, ISO 4217", sensitivity=_PUBLIC, required=True,
    code_list=CodeList.CURRENCIES,
)  # fmt: skip
_EXTERNAL_ID: Final = FieldMeaning(
    "external_id", "the journal's id in every system, the same for ever", key=True, required=True,
    syntax="[A-Z0-9_-]{1,40}",
)  # fmt: skip
_LINE_NUMBER: Final = FieldMeaning(
    "line_number", "number of the line in its journal", _INTEGER, _PUBLIC, unit="lines from 1",
    key=True, required=True, least=1,
)  # fmt: skip


def _count(name: str, meaning: str, unit: str, least: int = 0) -> FieldMeaning:
    return FieldMeaning(name, meaning, _INTEGER, unit=unit, required=True, least=least)


def _sum(name: str, meaning: str) -> FieldMeaning:
    return FieldMeaning(name, meaning, _INTEGER, unit=_MINOR, sign=_SUM, required=True, least=0)


PAY_RUN: Final = RowContract(
    name="pay_run",
    version="1.0",
    meaning="A finalised pay run as one document states it: the payroll journal event.",
    fields=(
        _DOCUMENT,
        FieldMeaning("provider", "provider that calculated it", required=True),
        FieldMeaning("business_key", "entity, pay group, period, run and sequence", required=True),
        FieldMeaning("entity", "code of the legal entity; empty: the document does not say"),
        FieldMeaning("pay_group", "pay group that was paid"),
        FieldMeaning("period", "pay period", syntax=_MONTH),
        FieldMeaning("run_ref", "the provider's id of the run"),
        _count("sequence", "which delivery of the run it is", "deliveries from 1", 1),
        FieldMeaning("run_kind", "what the run is", required=True,
                     choices=tuple(kind.value for kind in RunKind)),
        FieldMeaning("run_status", "state at the provider; only finalised runs are built",
                     required=True),
        FieldMeaning("currency", "currency of the run, ISO 4217", sensitivity=_PUBLIC,
                     code_list=CodeList.CURRENCIES),
        FieldMeaning("pay_date", "day of payment, the same for everyone", _DATE),
        FieldMeaning("received_at", "when its bytes arrived", _INSTANT, required=True),
    ),
)  # fmt: skip

CONTROL_TOTAL: Final = RowContract(
    name="control_total",
    version="1.0",
    meaning="What a document must sum to, and who says so.",
    fields=(
        _DOCUMENT,
        FieldMeaning("origin", "who states it; derived proves nothing about completeness",
                     required=True, choices=tuple(origin.value for origin in ControlOrigin)),
        _CURRENCY,
        _count("line_count", "number of accounting legs", "legs"),
        _sum("debit_minor", "sum of the positive amounts"),
        _sum("credit_minor", "sum of the magnitudes of the negative amounts"),
        FieldMeaning("headcount", "number of people it pays", _INTEGER, unit="people", least=0),
        FieldMeaning("net_pay_minor", "net pay of all of them", _INTEGER, unit=_MINOR,
                     sign="plus is paid out"),
    ),
)  # fmt: skip

REIMBURSEMENT_BATCH: Final = RowContract(
    name="reimbursement_batch",
    version="1.0",
    meaning="Approved expenses handed over together for payment, netted per employee and report.",
    fields=(
        FieldMeaning("batch_key", "entity, route, period and sequence", key=True, required=True),
        _ENTITY,
        FieldMeaning("route", "way of payment", required=True,
                     choices=("payroll", "ap", "card", "none")),
        _PERIOD,
        _count("sequence", "number of the batch in its period", "batches from 1", 1),
        FieldMeaning("cutoff_at", "what is approved later waits for the next batch", _INSTANT,
                     required=True),
        _count("line_count", "number of expense parts", "parts"),
        _count("employee_count", "number of people it pays", "people"),
        FieldMeaning("total_minor", "sum of the batch", _INTEGER, unit=_MINOR,
                     sign="plus is owed to employees", required=True),
        _CURRENCY,
        FieldMeaning("state", "where the batch stands", required=True,
                     choices=("cut", "handed_over", "acknowledged", "settled", "partly_settled",
                              "closed", "failed")),
        FieldMeaning("file_name", "name of the file that was handed over"),
        FieldMeaning("cut_at", "when it was cut", _INSTANT, required=True),
        FieldMeaning("handed_over_at", "when payroll was given it; empty: not yet", _INSTANT),
        FieldMeaning("paid_minor", "what was paid of it so far", _INTEGER, unit=_MINOR,
                     sign="plus is paid to employees", required=True),
    ),
)  # fmt: skip

JOURNAL: Final = RowContract(
    name="journal",
    version="1.0",
    meaning="A balanced journal of one legal entity; its content never changes.",
    fields=(
        _EXTERNAL_ID,
        FieldMeaning("journal_key", "tenant, entity, kind, period, batch, revision and part",
                     key=True, required=True),
        _ENTITY,
        FieldMeaning("kind", "what it books", required=True,
                     choices=tuple(kind.value for kind in JournalKind)),
        _PERIOD,
        FieldMeaning("batch", "run or intake that it books", required=True),
        _count("revision", "which version of the same journal it is", "revisions from 1", 1),
        _count("part", "which part of the whole it is", "parts from 1", 1),
        FieldMeaning("accounting_date", "day of the books, in the entity's zone", _DATE,
                     required=True),
        _CURRENCY,
        FieldMeaning("memo", "what it says of itself, without names", required=True),
        _sum("debit_minor", "sum of its debits, equal to the sum of its credits"),
        _count("line_count", "number of its lines", "lines", 1),
        FieldMeaning("content_hash", "SHA-256 of its canonical JSON; approvals bind to it",
                     required=True, length=64),
        FieldMeaning("correlation_id", "UUIDv5 of what began the chain", required=True,
                     syntax="[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        FieldMeaning("state", "where it stands on its way to the ledger", required=True),
        FieldMeaning("ledger_ref", "the ERP's id; empty: not posted"),
    ),
)  # fmt: skip

JOURNAL_LINE: Final = RowContract(
    name="journal_line",
    version="1.0",
    meaning="One summarised line of a journal.",
    fields=(
        _EXTERNAL_ID,
        _LINE_NUMBER,
        FieldMeaning("account", "number of the ERP's account", required=True),
        FieldMeaning("cost_center", "the ERP's cost center; empty: the account needs none"),
        FieldMeaning("project", "the ERP's project"),
        FieldMeaning("component_class", "class that tie-out compares", required=True),
        FieldMeaning("amount_minor", "amount in the journal's currency", _INTEGER,
                     unit="minor units of the journal's currency", sign=_SIDES, required=True),
        FieldMeaning("description", "what people read in the ledger, without names",
                     required=True),
        _count("people_count", "employees behind the line where the source names them, else 0",
               "people"),
    ),
)  # fmt: skip

LINEAGE: Final = RowContract(
    name="lineage",
    version="1.0",
    meaning="How much of one journal line comes from one document.",
    fields=(
        _EXTERNAL_ID,
        _LINE_NUMBER,
        _DOCUMENT,
        _count("link_count", "number of source lines that stand behind it", "lines", 1),
        FieldMeaning("amount_minor", "the document's share of the journal line", _INTEGER,
                     unit="minor units of the journal's currency", sign=_SIDES, required=True),
    ),
)  # fmt: skip

LINEAGE_LINK: Final = RowContract(
    name="lineage_link",
    version="1.0",
    meaning="One source line behind one journal line.",
    fields=(
        _EXTERNAL_ID,
        _LINE_NUMBER,
        _DOCUMENT,
        FieldMeaning("source_line", "number of the accounting leg in its document", _INTEGER,
                     _PUBLIC, unit="legs from 1", key=True, required=True, least=1),
        FieldMeaning("share_minor", "its share; none where the whole line stands behind this one",
                     _INTEGER, Sensitivity.PERSONAL, unit="minor units of the journal's currency",
                     sign=_SIDES),
    ),
)  # fmt: skip

BOOKINGS: Final = (
    PAY_RUN,
    CONTROL_TOTAL,
    REIMBURSEMENT_BATCH,
    JOURNAL,
    JOURNAL_LINE,
    LINEAGE,
    LINEAGE_LINK,
)
