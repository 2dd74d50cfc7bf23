"""Each seeded trouble is what it says, where it says, and nothing else with it."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.prepare import prepare
from tests.harness.company import (
    ACCOUNT_CODED,
    ENTITIES,
    Seeds,
    cutoff_of,
    parts_of,
    sums,
)

SEEDS = (2026, 7)
NEW_TYPE = "unmapped_expense_type"


@pytest.fixture(scope="module", params=SEEDS)
def seeds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """The company of each seed, written to a home of its own."""
    home = tmp_path_factory.mktemp(f"company-{request.param}")
    prepare(home, request.param)
    return Seeds(home)


def test_a_cut_file_still_reads_and_shows_only_in_its_control_total(seeds: Seeds) -> None:
    """The control total relies on it: nothing else would notice the missing part."""
    entity = seeds.troubles["control_mismatch"]["entity"]
    _, manifest = seeds.delivery(entity, whole=False)
    cut, whole = seeds.pay_lines(entity, whole=False), seeds.pay_lines(entity)
    assert 0 < len(cut) < len(whole) == manifest["line_count"]
    assert not Counter(cut) - Counter(whole)
    if entity in ACCOUNT_CODED:
        assert set(sums((line.voucher, line.amount) for line in cut).values()) == {Decimal(0)}


def test_the_repeated_file_has_the_same_bytes_and_another_name(seeds: Seeds) -> None:
    """The duplicate check relies on it: bytes decide, not names."""
    trouble = seeds.troubles["duplicate_file"]
    mine = [d for d in seeds.deliveries if d["manifest"]["entity"] == trouble["entity"]]
    contents = {(seeds.folder / "files" / d["file"]).read_bytes() for d in mine}
    assert [d["name"] for d in mine] == trouble["names"]
    assert len(contents) == 1
    assert len(set(trouble["names"])) == 2


def test_the_late_report_missed_the_run_by_its_approval_alone(seeds: Seeds) -> None:
    """The cutoff relies on it: a sound report, approved in the month, after the cutoff."""
    trouble = seeds.troubles["late_approval"]
    (report,) = [
        d for d in seeds.documents(trouble["entity"])
        if d["report"]["reportNumber"] == trouble["report_ref"]
    ]  # fmt: skip
    approved_at = datetime.fromisoformat(report["report"]["reportPaymentProcessingDate"])
    assert approved_at == datetime.fromisoformat(trouble["approved_at"])
    assert cutoff_of(trouble["entity"]) == datetime.fromisoformat(trouble["cutoff_at"])
    assert cutoff_of(trouble["entity"]) < approved_at < datetime(2026, 11, 1, tzinfo=UTC)


def test_only_the_closed_cost_center_is_inactive_and_it_is_used(seeds: Seeds) -> None:
    """The demonstration relies on it: pay and expenses run into the closed cost center."""
    trouble = seeds.troubles["closed_cost_center"]
    inactive = [d for d in seeds.netsuite["tables"]["department"] if d["isinactive"] == "T"]
    assert [d["externalid"] for d in inactive] == [trouble["code"]]
    digits = trouble["code"].removeprefix("CC")
    used = {line.cost_center for line in seeds.pay_lines(trouble["entity"])}
    assert any(code.endswith(digits[1:]) for code in used)
    spent = {p.cost_center for d in seeds.documents(trouble["entity"]) for p in parts_of(d)}
    assert digits in spent


@pytest.mark.parametrize("entity", ENTITIES)
def test_what_a_trouble_holds_is_owed_to_the_card_not_to_an_employee(
    seeds: Seeds, entity: str
) -> None:
    """The pay run relies on it: what it repaid in October does not wait for a cure in November."""
    closed = seeds.troubles["closed_cost_center"]["code"].removeprefix("CC")
    new_type = seeds.troubles["unmapped_expense_type"]["code"]
    held = [
        part
        for document in seeds.documents(entity)
        for part in parts_of(document)
        if part.kind == "cost" and (part.cost_center == closed or part.expense_type == new_type)
    ]
    assert {part.payee for part in held} <= {"company_card"}
    troubled = {seeds.troubles[name]["entity"] for name in ("closed_cost_center", NEW_TYPE)}
    assert bool(held) == (entity in troubled)


def test_the_new_expense_type_occurs_in_its_entity_alone(seeds: Seeds) -> None:
    """The demonstration relies on it: one mapping cures it."""
    trouble = seeds.troubles["unmapped_expense_type"]
    using = {
        entity
        for entity in ENTITIES
        for document in seeds.documents(entity)
        for entry in document["expenseEntry"]
        if entry["expenseTypeCode"] == trouble["code"]
    }
    assert using == {trouble["entity"]}


def test_another_seed_puts_every_trouble_elsewhere(tmp_path: Path) -> None:
    """`make demo SEED=7` relies on it: the month is another one, not the same with new sums."""
    found = []
    for seed in SEEDS:
        prepare(tmp_path / str(seed), seed)
        found.append(Seeds(tmp_path / str(seed)).troubles)
    first, second = found
    assert all(first[name]["entity"] != second[name]["entity"] for name in first)
    for troubles in found:
        assert troubles["duplicate_file"]["entity"] != troubles["control_mismatch"]["entity"]
