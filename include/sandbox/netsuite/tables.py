"""Tables that an account's administrator keeps, with the columns of the analytics schema."""

from __future__ import annotations

from typing import Final

#: Columns by table; a seed may bring further ones.
REFERENCE: Final[dict[str, str]] = {
    "account": (
        "id acctnumber accttype fullname accountsearchdisplayname accountsearchdisplaynamecopy "
        "description parent currency subsidiary class department location includechildren "
        "issummary isinactive eliminate externalid generalrate cashflowrate sspecacct"
    ),
    "accounttype": "id internalid longname balancesheet left seqnum",
    "subsidiary": (
        "id name fullname legalname currency country parent fiscalcalendar iselimination "
        "isinactive externalid"
    ),
    "department": "id name fullname parent subsidiary includechildren isinactive externalid",
    "classification": "id name fullname parent subsidiary includechildren isinactive externalid",
    "location": "id name fullname parent subsidiary includechildren isinactive externalid",
    "employee": (
        "id entityid firstname lastname email subsidiary department class location currency "
        "supervisor hiredate isinactive externalid"
    ),
    "vendor": (
        "id entityid companyname legalname email currency terms category payablesaccount "
        "isinactive isperson externalid"
    ),
    "vendorsubsidiaryrelationship": "id entity subsidiary isinactive isprimarysub",
    "currency": (
        "id symbol name displaysymbol currencyprecision exchangerate isbasecurrency isinactive"
    ),
    "currencyrate": (
        "id basecurrency transactioncurrency effectivedate exchangerate currencyratetype "
        "lastmodifieddate"
    ),
    "consolidatedexchangerate": (
        "id postingperiod fromsubsidiary tosubsidiary fromcurrency tocurrency currentrate "
        "averagerate historicalrate accountingbook"
    ),
    "accountingperiod": (
        "id periodname startdate enddate parent isposting isquarter isyear isadjust isinactive "
        "closed closedondate alllocked aplocked arlocked payrolllocked allownonglchanges "
        "lastmodifieddate"
    ),
    "accountingperiodfiscalcalendars": "id accountingperiod fiscalcalendar parent",
    "accountingbook": "id name isprimary isadjustmentonly isconsolidated",
    "expensecategory": "id name account subsidiary isinactive externalid",
}
#: Dates and instants, which queries show in the account's display form unless they are masked.
DATES: Final = frozenset(
    (
        *("startdate", "enddate", "closedondate", "hiredate", "effectivedate", "trandate"),
        *("createddate", "lastmodifieddate", "reversaldate", "duedate"),
        *("linelastmodifieddate", "linecreateddate"),
    )
)

TRANSACTION: Final = (
    "id type recordtype tranid transactionnumber externalid trandate postingperiod posting status "
    "approvalstatus currency exchangerate memo createddate createdby lastmodifieddate "
    "lastmodifiedby isreversal reversal reversaldate reversaldefer intercoadj entity duedate"
)
LINE: Final = (
    "transaction id linesequencenumber uniquekey subsidiary department class location entity memo "
    "eliminate mainline taxline cleared netamount foreignamount debitforeignamount "
    "creditforeignamount linelastmodifieddate linecreateddate"
)
MONEY: Final = frozenset(
    (
        *("debit", "credit", "amount", "netamount", "foreignamount"),
        *("debitforeignamount", "creditforeignamount"),
    )
)
_LEDGER_ONLY: Final = "subsidiary body"
_LEG_ONLY: Final = "account debit credit amount custom"

#: What is the twin's own and no query may see.
OWN: Final = """
CREATE TABLE setting (name TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE token (
    value TEXT PRIMARY KEY, client_id TEXT NOT NULL, role_id TEXT NOT NULL,
    expires_at REAL NOT NULL, revoked INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE login (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, client_id TEXT, outcome TEXT NOT NULL
);
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT, idempotency TEXT UNIQUE, progress TEXT NOT NULL
);
CREATE TABLE task (
    id TEXT PRIMARY KEY, job INTEGER NOT NULL REFERENCES job (id), request TEXT NOT NULL,
    progress TEXT NOT NULL, started TEXT, ended TEXT, answer TEXT
);
CREATE TABLE late (id INTEGER PRIMARY KEY AUTOINCREMENT, due TEXT NOT NULL, request TEXT NOT NULL);
CREATE TABLE snapshot (ledger INTEGER PRIMARY KEY, body TEXT NOT NULL);
"""


def creation(seeded_columns: dict[str, list[str]]) -> str:
    """The statements that create an account's tables.

    Args:
        seeded_columns: the columns that the seed brings, by reference table.
    """
    statements = [OWN]
    for table, names in REFERENCE.items():
        columns = dict.fromkeys([*names.split(), *seeded_columns.get(table, [])])
        statements.append(_create(f"ref_{table}", list(columns)))
    ledger = f"{TRANSACTION} {_LEDGER_ONLY}".split()
    statements.append(_create("ledger", ledger, "externalid_folded TEXT UNIQUE"))
    leg = dict.fromkeys(f"{LINE} {_LEG_ONLY}".split())
    statements.append(_create("leg", list(leg), 'PRIMARY KEY ("transaction", id)'))
    return "\n".join(statements)


def _create(table: str, columns: list[str], last: str | None = None) -> str:
    lines = [_column(table, name) for name in columns] + ([last] if last else [])
    return f"CREATE TABLE {table} ({', '.join(lines)});"


def _column(table: str, name: str) -> str:
    if name == "id" and table != "leg":
        # Internal ids are never used twice, also not after a deletion.
        counted = " AUTOINCREMENT" if table == "ledger" else ""
        return f"id INTEGER PRIMARY KEY{counted}"
    if name in ("transaction", "id", "linesequencenumber", "uniquekey"):
        return f'"{name}" INTEGER NOT NULL'
    if name in MONEY:
        return f'"{name}" TEXT COLLATE exact'
    return f'"{name}" TEXT'
