"""The published row contracts: one definition, versions that keep their word, no vendor's words."""

from __future__ import annotations

import copy
import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from sandbox.company.build import generate
from tests.builders.vendor_fields import vendor_fields
from tests.harness import contract_pages, reference
from tests.harness.contract_pages import SCHEMAS, published_schemas, refusals
from tieout.contracts.columns import FRAMES
from tieout.contracts.compatibility import breaking_changes, same_shape
from tieout.contracts.json_schema import json_schema
from tieout.contracts.meaning import FieldMeaning, FieldType, Origin, RowContract, Sensitivity
from tieout.contracts.row_fields import CONTRACTS, PAY_LINE
from tieout.contracts.rows import DTYPES, MODELS, ROW_IDENTITY
from tieout.contracts.versions import PUBLISHED

#: The rows that sources deliver and stages pass on; the others are what is kept.
FRAMED = ("pay_line", "expense_line", "employee")
#: Their amounts are sums over people, with the number of people beside them.
SUMMED = {"journal_line", "lineage"}
#: Days that are the same for everyone.
OF_ALL = {"posting_date", "accounting_date", "pay_date"}
#: Words of finance that a vendor uses too, as a name of its own.
PLAIN_WORDS = {
    *(
        "allocation",
        "class",
        "closed",
        "country",
        "currency",
        "department",
        "description",
        "document",
    ),
    *("employee", "id", "journal", "name", "report", "tax"),
}
EVERY_CONTRACT = pytest.mark.parametrize("contract", CONTRACTS.values(), ids=lambda it: it.name)


def changed(which: str, **changes: Any) -> RowContract:
    """The pay line with one field changed."""
    fields = tuple(
        dataclasses.replace(field, **changes) if field.name == which else field
        for field in PAY_LINE.fields
    )
    return dataclasses.replace(PAY_LINE, fields=fields)


def with_field(field: FieldMeaning) -> RowContract:
    """The pay line with a field more."""
    return dataclasses.replace(PAY_LINE, fields=(*PAY_LINE.fields, field))


@pytest.mark.parametrize("name", MODELS)
def test_a_typed_row_has_the_fields_types_and_meanings_of_its_contract(name: str) -> None:
    """Whoever reads the reference relies on it: what is checked is what is published."""
    model, contract = MODELS[name].to_schema(), CONTRACTS[name]
    assert set(model.columns) == {field.name for field in contract.fields}
    for field in contract.fields:
        column = model.columns[field.name]
        assert column.dtype.type == DTYPES[field.type], field.name
        assert column.description == field.meaning
        assert column.metadata == {
            "unit": field.unit,
            "sign": field.sign,
            "sensitivity": field.sensitivity.value,
            "key": field.key,
            "required": field.required,
        }


@EVERY_CONTRACT
def test_a_frame_has_the_columns_that_its_contract_says_the_source_writes(
    contract: RowContract,
) -> None:
    """Every adapter relies on it: no column is delivered that the contract does not state."""
    names = [field.name for field in contract.fields]
    assert len(names) == len(set(names))
    stated = {field.name for field in contract.fields if field.origin is Origin.POSITION}
    assert stated <= set(ROW_IDENTITY)
    if contract.name not in FRAMED:
        return
    assert [name for name in names if name in FRAMES[contract.name]] == list(FRAMES[contract.name])


@EVERY_CONTRACT
def test_every_field_says_what_it_means_and_every_number_what_it_counts(
    contract: RowContract,
) -> None:
    """Finance relies on it: no figure without its unit, no signed amount without its sense."""
    numbers = {FieldType.INTEGER, FieldType.DECIMAL}
    unclear = [
        field.name
        for field in contract.fields
        if not field.meaning
        or (field.type in numbers) != bool(field.unit)
        or ("amount" in field.name and not field.sign)
    ]
    assert unclear == []
    assert any(field.key for field in contract.fields)


@EVERY_CONTRACT
def test_whatever_tells_about_one_person_is_personal(contract: RowContract) -> None:
    """Employees rely on it: numbers of people, and what one of them earns or spends."""
    telling = re.compile(r"employee_ref|approver_ref|expense_ref|amount|tax_base|_date$|^status$")
    open_ones = [
        field.name
        for field in contract.fields
        if telling.search(field.name)
        and field.name not in OF_ALL
        and not (field.name.endswith("amount_minor") and contract.name in SUMMED)
        and field.sensitivity is not Sensitivity.PERSONAL
    ]
    assert open_ones == []


@EVERY_CONTRACT
def test_a_published_schema_is_valid_draft_2020_12(contract: RowContract) -> None:
    """Whoever validates with a library of their own relies on it."""
    schema = json.loads(contract_pages.schema_path(contract).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert schema["x-version"] == contract.version


@pytest.mark.promise("S58")
@EVERY_CONTRACT
def test_no_contract_breaks_what_is_published_under_its_major_version(
    contract: RowContract,
) -> None:
    """Readers of a published version rely on it: breaking it takes a new major version."""
    assert contract.version in published_schemas(contract)
    assert refusals(contract) == []


@pytest.mark.promise("S58")
@pytest.mark.parametrize(
    ("contract", "told"),
    [
        (changed("amount_minor", unit="major units of currency"), "amount_minor: unit changed"),
        (changed("amount", sign="plus is credit"), "amount: sign changed"),
        (changed("coding", choices=("component",)), "coding: list of values lost account"),
        (changed("cost_center_code", required=True), "cost_center_code: newly required"),
        (changed("component_code", name="pay_code"), "component_code: renamed to pay_code"),
        (changed("posting_date", type=FieldType.INSTANT), "posting_date: type changed"),
        (changed("voucher_key", syntax="[0-9]+"), "voucher_key: pattern changed"),
        (changed("file_line", least=1), "file_line: minimum raised from 0 to 1"),
        (changed("document", length=40), "document: maxLength lowered from 64 to 40"),
        (changed("employee_ref", sensitivity=Sensitivity.PUBLIC), "employee_ref: sensitivity"),
        (changed("line_no", key=False), "line_no: key changed"),
        (dataclasses.replace(PAY_LINE, fields=PAY_LINE.fields[:-1]), "amount_minor: removed"),
    ],
    ids=lambda it: it if isinstance(it, str) else "",
)
def test_a_breaking_change_without_a_new_major_version_is_refused_by_its_field(
    contract: RowContract, told: str
) -> None:
    """Whoever changes a contract relies on it: `make docs` and `make test` name the field."""
    refused = refusals(contract)
    assert any(told in one and "new major version" in one for one in refused), refused
    assert refusals(dataclasses.replace(contract, version="1.2")) == refused
    assert refusals(dataclasses.replace(contract, version="2.0")) == []


def test_a_published_schema_is_never_overwritten_by_one_that_breaks_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Readers of a published version rely on it: `make docs` stops before it writes anything."""
    before = {path: path.read_bytes() for path in reference.pages()}
    monkeypatch.setattr(reference, "CONTRACTS", {"pay_line": changed("file_line", least=1)})
    with pytest.raises(SystemExit, match="file_line: minimum raised from 0 to 1"):
        reference.write()
    assert {path: path.read_bytes() for path in before} == before


def test_a_new_optional_field_needs_a_minor_version_and_other_wording_none() -> None:
    """Readers rely on it: what was published under a version never changes its shape."""
    more = with_field(FieldMeaning("shift", "shift that was worked"))
    longer = changed("coding", choices=("component", "account", "voucher"))
    for contract in (more, longer):
        assert refusals(contract) == ["pay_line 1.1: fields changed; this needs a new version"]
        assert refusals(dataclasses.replace(contract, version="1.2")) == []
    assert refusals(changed("coding", meaning="how the line is coded")) == []
    needed = with_field(FieldMeaning("shift", "shift that was worked", required=True))
    assert "shift: newly required" in str(refusals(needed))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda it: it["properties"]["amount"].update(type="number"), "amount: type changed"),
        (lambda it: it["properties"]["entity"].update(enum=["A"]), "entity: list of values"),
        (lambda it: it["properties"]["entity"].update(minLength=2), "entity: minLength raised"),
        (
            lambda it: it["allOf"].append({"then": {"required": ["project_code"]}}),
            "project_code: newly needed by a rule of the row",
        ),
    ],
)
def test_published_schemas_are_compared_as_others_hold_them(
    change: Callable[[dict[str, Any]], object], told: str
) -> None:
    """Readers rely on it: the comparison needs nothing but the two files."""
    old = json_schema(PAY_LINE)
    new = copy.deepcopy(old)
    change(new)
    assert [told in one for one in breaking_changes(old, new)] == [True]
    assert not same_shape(old, new)
    assert breaking_changes(new, old) == [] or "type changed" in told


def test_every_published_version_has_its_schema_and_the_current_one_never_ends_alone() -> None:
    """Readers rely on it: what the registry offers can be opened, and every file is offered."""
    offered = {f"{one.contract}-{one.version}.json" for one in PUBLISHED}
    assert {path.name for path in SCHEMAS.glob("*.json")} == offered
    for contract in CONTRACTS.values():
        (current,) = [
            one
            for one in PUBLISHED
            if (one.contract, one.version) == (contract.name, contract.version)
        ]
        assert current.sunset is None


@pytest.mark.promise("S57")
def test_no_vendor_name_of_a_field_stands_downstream() -> None:
    """Finance relies on it: a vendor may be replaced, and no contract or table changes its words.

    Looked for: every field of every document, report, table and file of a generated company.
    """
    texts = [path.read_text(encoding="utf-8") for path in SCHEMAS.glob("*.json")]
    texts += [_without_notes(path) for path in reference.MIGRATIONS.glob("*.sql")]
    downstream = "\n".join(texts)
    found = {}
    for vendor, names in vendor_fields(generate(1)).items():
        assert len(names) > 10, vendor
        found[vendor] = sorted(
            name
            for name in names - PLAIN_WORDS
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", downstream)
        )
    assert found == {vendor: [] for vendor in found}
    assert {"concur", "workday", "netsuite", "de-datev", "se-sie", "jp-delimited"} == set(found)


def _without_notes(path: Path) -> str:
    return re.sub(r"--.*", "", path.read_text(encoding="utf-8"))
