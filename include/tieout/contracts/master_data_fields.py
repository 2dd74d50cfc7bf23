"""The fields of master data as it is kept: entities, dimensions, accounts, vendors, rates, types.

Owned by the ERP, by HR or by finance; kept with what was known when. `active` is what the owner
says, `missing` that the last extract did not have it: the one is believed, the other is doubted.
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

_PUBLIC, _PERSONAL = Sensitivity.PUBLIC, Sensitivity.PERSONAL
_FLAG, _DATE, _INSTANT = FieldType.FLAG, FieldType.DATE, FieldType.INSTANT

_SOURCE: Final = FieldMeaning(
    "source", "system of record that says so", key=True, required=True
)  # fmt: skip
_REF: Final = FieldMeaning("ref", "the owner's own id of the object", required=True)
_NAME: Final = FieldMeaning("name", "what people call it")
_ACTIVE: Final = FieldMeaning("active", "whether its owner lets it be used", _FLAG, required=True)
_MISSING: Final = FieldMeaning(
    "missing", "whether the last extract did not have it", _FLAG, required=True
)
_PARENT: Final = FieldMeaning("parent_code", "code of the object above it; empty: none")
_ENTITIES: Final = FieldMeaning(
    "entities", "codes of the entities it may be used in; none: in all", FieldType.TEXTS,
    required=True,
)  # fmt: skip
_KNOWN_FROM: Final = FieldMeaning(
    "known_from", "since when we have been told", _INSTANT, key=True, required=True
)


def _code(meaning: str) -> FieldMeaning:
    return FieldMeaning("code", meaning, key=True, required=True)


def _kept(
    name: str, meaning: str, code: str, *more: FieldMeaning, in_entities: bool = True
) -> RowContract:
    shared = (_SOURCE, _code(code), _REF, _NAME, _ACTIVE, _MISSING)
    placed = (_PARENT, _ENTITIES) if in_entities else ()
    return RowContract(name, "1.0", meaning, (*shared, *placed, *more, _KNOWN_FROM))


LEGAL_ENTITY: Final = _kept(
    "legal_entity",
    "A legal entity as the ERP knows it.",
    "code of the entity; # and the ERP's id where we keep no books for it",
    FieldMeaning(
        "functional_currency", "currency its books are kept in, ISO 4217", sensitivity=_PUBLIC,
        code_list=CodeList.CURRENCIES,
    ),
    FieldMeaning(
        "country", "country of its seat, ISO 3166-1 alpha-2", sensitivity=_PUBLIC,
        code_list=CodeList.COUNTRIES,
    ),
    FieldMeaning(
        "elimination", "whether it exists for eliminations alone", choices=("yes", "no")
    ),
    in_entities=False,
)  # fmt: skip

DEPARTMENT: Final = _kept(
    "department", "A department as its owner knows it.", "code of the department"
)
COST_CENTER: Final = _kept(
    "cost_center", "A cost center as the ERP knows it.", "code of the cost center"
)
PROJECT: Final = _kept("project", "A project code as the ERP knows it.", "code of the project")

ACCOUNT: Final = _kept(
    "account",
    "A general ledger account as the ERP knows it.",
    "number of the account",
    FieldMeaning("type", "type of the account as the ERP calls it", required=True),
    FieldMeaning(
        "summary", "whether it only sums up others and takes no postings", required=True,
        choices=("yes", "no"),
    ),
)  # fmt: skip

VENDOR: Final = _kept(
    "vendor",
    "A vendor as the ERP knows it; one that is a person has no name here.",
    "code of the vendor",
    FieldMeaning(
        "person", "whether it is a person", required=True, choices=("yes", "no")
    ),
    in_entities=False,
)  # fmt: skip

EMPLOYEE_RECORD: Final = RowContract(
    name="employee_record",
    version="1.0",
    meaning="An employee as HR knows them, kept with what was known when; no pay, no name.",
    fields=(
        _SOURCE,
        FieldMeaning("code", "employee number", sensitivity=_PERSONAL, key=True, required=True),
        FieldMeaning("active", "whether they work here", _FLAG, _PERSONAL, required=True),
        _MISSING,
        FieldMeaning("entities", "the legal entity that employs", FieldType.TEXTS, required=True),
        FieldMeaning("cost_center_code", "home cost center as HR calls it"),
        FieldMeaning("department", "department as HR calls it"),
        FieldMeaning("project_code", "home project as HR calls it"),
        FieldMeaning("pay_group", "pay group that payroll pays the employee in"),
        FieldMeaning("payroll_provider", "provider that payroll comes from"),
        FieldMeaning(
            "expense_ref", "expense profile: a number, or the fingerprint of a login",
            sensitivity=_PERSONAL,
        ),
        FieldMeaning("hire_date", "first day", _DATE, _PERSONAL),
        FieldMeaning("leave_date", "last day; empty: none known", _DATE, _PERSONAL),
        _KNOWN_FROM,
    ),
)  # fmt: skip

EXPENSE_TYPE: Final = RowContract(
    name="expense_type",
    version="1.0",
    meaning="An expense type with the account that finance decided for it, in one version.",
    fields=(
        FieldMeaning("source_code", "code of the type in the expense system", key=True,
                     required=True),
        FieldMeaning("scope", "group, country or entity that the decision is for", key=True,
                     required=True, syntax="(group|\\*|country:[A-Z]{2}|entity:.+)"),
        FieldMeaning("provider", "expense system; * for any", key=True, required=True),
        FieldMeaning("version", "number of the decision", FieldType.INTEGER, _PUBLIC,
                     unit="versions from 1", key=True, required=True, least=1),
        FieldMeaning("component_class", "class that tie-out compares; empty: expense cost"),
        FieldMeaning("debit_account", "account of the cost", required=True),
        FieldMeaning("dimensions", "dimensions that its lines carry"),
        FieldMeaning("summarise", "level that its lines are summed to"),
        FieldMeaning("valid_from", "first day it is true in the business", _DATE, required=True),
        FieldMeaning("author", "who proposed it", required=True),
        FieldMeaning("decided_by", "another person, who made it active"),
    ),
)  # fmt: skip

FX_RATE: Final = RowContract(
    name="fx_rate",
    version="1.0",
    meaning="A published rate that an expense was compared with; the direction is never turned.",
    fields=(
        FieldMeaning("from_currency", "currency that is converted, ISO 4217", sensitivity=_PUBLIC,
                     key=True, required=True, code_list=CodeList.CURRENCIES),
        FieldMeaning("to_currency", "currency that it becomes, ISO 4217", sensitivity=_PUBLIC,
                     key=True, required=True, code_list=CodeList.CURRENCIES),
        FieldMeaning("wanted_on", "day it is wanted for", _DATE, key=True, required=True),
        FieldMeaning("rate", "the rate as decimal text", FieldType.DECIMAL, _PUBLIC,
                     unit="units of to_currency per 1 from_currency", required=True),
        FieldMeaning("published_on", "day it was published; never after the day it is wanted for",
                     _DATE, required=True),
        FieldMeaning("source", "who published it", key=True, required=True),
    ),
)  # fmt: skip

MASTER_DATA: Final = (
    LEGAL_ENTITY, DEPARTMENT, COST_CENTER, PROJECT, ACCOUNT, VENDOR, EMPLOYEE_RECORD, EXPENSE_TYPE,
    FX_RATE,
)  # fmt: skip
