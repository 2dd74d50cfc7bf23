"""Real payroll files that others wrote, through all eight stages into the ERP's own ledger.

Each file gets what a new provider would get: a profile, and a mapping of its accounts. Sums are
compared by value with counts that somebody else made of the same bytes. Without the folder of
samples these tests skip and say so; none of the files is copied into the project.
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from sandbox.prepare import prepare
from tests.builders.invariants import assert_every_line_ended_once
from tests.builders.office import STAGES, Rehearsal, rehearsing, set_up_office
from tests.harness.company import sums
from tests.harness.sources import ROOT
from tieout.finance.periods import calendar_month
from tieout.finance.windows import business_day_after
from tieout.workflows import approve
from tieout.workflows import post as posting
from tieout.workflows import tie_out as tying
from tieout.workflows.master_data import refresh_ledger
from tieout.workflows.sweep import sweep


@dataclass(frozen=True)
class Sample:
    """A file and what its new provider's profile and mapping say.

    `accounts` maps each of its accounts to its class and to ours; one to one, so that nothing nets.
    `centers` maps its cost centers; the accounts in `by_center` stand on them.
    """

    folder: str
    name: str
    kind: str
    period: str
    currency: str
    entity_code: str
    accounts: Mapping[str, tuple[str, str]]
    centers: Mapping[str, str] = field(default_factory=dict)
    by_center: frozenset[str] = frozenset()
    entity: str = "SE01"
    dropped_as: str = ""
    knobs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def provider(self) -> str:
        """Id of the provider's configuration."""
        return f"sample-{self.kind}"


VISMA = Sample(
    folder="sie",
    name="visma-lon100.si",
    kind="sie",
    period="2012-04",
    currency="SEK",
    entity_code="5555555555",
    accounts={
        "1930": ("bank", "2400"),
        "2710": ("liability", "2410"),
        "2940": ("liability", "2420"),
        "7010": ("cost", "6010"),
        "7210": ("cost", "6020"),
        "7385": ("cost", "6210"),
        "7399": ("cost", "6290"),
        "7510": ("cost", "6110"),
    },
)
KONTEK = Sample(
    folder="sie",
    name="kontek-lonekorning.si",
    kind="sie",
    period="2011-02",
    currency="SEK",
    entity_code="0000000000",
    accounts={
        "1940": ("bank", "2400"),
        "2710": ("liability", "2410"),
        "2730": ("liability", "2420"),
        "2750": ("liability", "2440"),
        "2793": ("liability", "2460"),
        "2794": ("liability", "2450"),
        "3740": ("cost", "7900"),
        "7010": ("cost", "6010"),
        "7210": ("cost", "6020"),
        "7382": ("cost", "6290"),
        "7510": ("cost", "6110"),
    },
    centers={
        "100": "CC3100",
        "200": "CC3110",
        "300": "CC3120",
        "125": "CC3200",
        "25": "CC3300",
        "1234567890": "CC3400",
    },
    by_center=frozenset({"7010", "7210", "7382", "7510"}),
    knobs={"dims": {"1": "cost_center", "6": "drop", "20": "drop"}},
)
DATEV = Sample(
    folder="datev",
    name="EXTF_Buchungsstapel-v9.csv",
    kind="extf",
    period="2018-02",
    currency="EUR",
    entity="DE01",
    entity_code="1001/456",
    accounts={
        "1200": ("bank", "2400"),
        "4940": ("cost", "7090"),
        "10000": ("clearing", "1320"),
        "8400": ("cost", "4000"),
    },
    knobs={"dims": {"kost1": "drop", "kost2": "drop"}},
)
FEC = Sample(
    folder="fec",
    name="composed-od-paie-tab-latin9.txt",
    dropped_as="999999999FEC20260430.txt",
    kind="fec",
    period="2026-04",
    currency="EUR",
    entity="DE01",
    entity_code="999999999",
    accounts={
        "641100": ("cost", "6010"),
        "625100": ("cost", "7010"),
        "645100": ("cost", "6110"),
        "645300": ("cost", "6120"),
        "645200": ("cost", "6130"),
        "631200": ("cost", "6140"),
        "633300": ("cost", "7090"),
        "641200": ("cost", "6310"),
        "421000": ("clearing", "2400"),
        "431000": ("liability", "2420"),
        "437300": ("liability", "2430"),
        "437200": ("liability", "2450"),
        "442100": ("liability", "2410"),
        "448600": ("liability", "2480"),
        "428200": ("liability", "2510"),
        "438200": ("liability", "2520"),
    },
)
TRYTON = Sample(
    folder="fec",
    name="tryton-FEC.csv",
    dropped_as="999999999FEC20180131.csv",
    kind="fec",
    period="2018-01",
    currency="EUR",
    entity="DE01",
    entity_code="999999999",
    accounts={
        "4111": ("clearing", "1320"),
        "5311": ("bank", "2400"),
        "7011": ("cost", "4000"),
    },
)
SAMPLES = [VISMA, KONTEK, DATEV, FEC, TRYTON]


def written(path: Path, rows: list[dict[str, str]]) -> None:
    """A table of finance's."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def ask_no_alignment(folder: Path) -> None:
    """A company without an HR system: finance says that its people can't be compared."""
    policy = {
        "scope": "group",
        "journal_kind": "payroll",
        "holding": "run",
        "small_group_k": "1",
        "alignment_percent": "0",
    }
    written(folder / "policies" / "posting.csv", [policy])


def classed(folder: Path, sample: Sample) -> None:
    """What each account of the vouchers is."""
    written(
        folder / "mappings" / "source_account_classes.csv",
        [
            {"provider": sample.provider, "source_account": code, "class": kind,
             "valid_from": "2000-01-01"}
            for code, (kind, _) in sample.accounts.items()
        ],
    )  # fmt: skip


def configured(folder: Path, sample: Sample) -> Path:
    """Finance's files with this one provider beside the ERP."""
    shutil.copytree(ROOT / "include" / "config", folder)
    for path in (folder / "providers").glob("*.yaml"):
        if path.stem != "netsuite":
            path.unlink()
    profile = {
        "provider": sample.provider,
        "kind": sample.kind,
        "version": "1",
        "owner": "payroll@example.test",
        "status": "live",
        "connection": "payroll_drop",
        "currency": sample.currency,
        "entities": {sample.entity_code: sample.entity},
        "coding": "account",
        "accounts": {code: kind for code, (kind, _) in sample.accounts.items()},
        **sample.knobs,
    }
    (folder / "providers" / f"{sample.provider}.yaml").write_text(yaml.safe_dump(profile))
    written(
        folder / "mappings" / "accounts.csv",
        [
            {
                "scope": f"entity:{sample.entity}",
                "provider": sample.provider,
                "coding": "source_account",
                "source_code": code,
                # These vouchers know no account for net pay: the bank's own rule says what it pays.
                "component_class": "net_pay" if kind == "bank" else "",
                "debit_account": ours,
                "credit_account": "",
                "dimensions": "cost_center" if code in sample.by_center else "none",
                "summarise": "cost_center" if code in sample.by_center else "entity",
                "valid_from": "2000-01-01",
            }
            for code, (kind, ours) in sample.accounts.items()
        ],
    )
    classed(folder, sample)
    ask_no_alignment(folder)
    if sample.centers:
        written(
            folder / "mappings" / "cost_centers.csv",
            [
                {
                    "provider": sample.provider,
                    "entity": sample.entity,
                    "source_code": code,
                    "cost_center": ours,
                    "percent": "100",
                    "valid_from": "2000-01-01",
                }
                for code, ours in sample.centers.items()
            ],
        )
    return folder


def prepared(home: Path, sample: Sample, content: bytes, facts: Mapping[str, Any]) -> None:
    """The ERP with the file's month open, and the file delivered with its stated totals."""
    prepare(home, 1)
    path = home / "sandbox" / "seed" / "netsuite.json"
    seed = json.loads(path.read_text(encoding="utf-8"))
    periods = seed["tables"]["accountingperiod"]
    month = calendar_month(sample.period)
    open_month = next(row for row in periods if row["id"] == "320")
    periods.append(
        open_month
        | {
            "id": "77",
            "periodname": f"{month.starts:%b %Y}",
            "startdate": month.starts.isoformat(),
            "enddate": month.ends.isoformat(),
        }
    )
    path.write_text(json.dumps(seed), encoding="utf-8")
    name = sample.dropped_as or sample.name
    target = home / "drop" / sample.provider / name
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    manifest = {
        "file": name,
        "sha256": hashlib.sha256(content).hexdigest(),
        "provider": sample.provider,
        "entity": sample.entity,
        "pay_group": "MONTH",
        "period": sample.period,
        "run_id": "run-1",
        "currency": sample.currency,
        "line_count": facts.get("voucher_lines", facts.get("lines")),
        "debit": facts["debit"],
        "credit": facts["credit"],
    }
    target.with_name(f"{name}.manifest.json").write_text(json.dumps(manifest))


def close(made: Rehearsal, sample: Sample) -> None:
    """All eight stages."""
    period = calendar_month(sample.period)
    refresh_ledger(made.office, period)
    found = sweep(made.office, period)
    assert found.failed == []
    (unit,) = found.units
    for stage in STAGES:
        assert stage(made.office, unit, "close:1") is True
    want = approve.wanted(made.office, sample.entity, sample.period)
    assert want is not None, made.rows("SELECT code, title, cause_key FROM open_exception")
    assert approve.ask_once(made.office, "close:1", want)
    approve.record_answer(made.office, "close:1", approve.Answer("controller", approve=True))
    (posted,) = posting.post(made.office, sample.entity, sample.period, "close:1")
    assert (posted.state, posted.note) == ("read_back", "")
    assert tying.tie_out(made.office, sample.entity, sample.period).state == "tied"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_real_file_reaches_the_ledger_with_the_sums_that_others_counted(
    samples: Path,
    sample: Sample,
    tmp_path: Path,
    warehouse_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A new customer relies on it: their bureau's own file, not one that we made up."""
    facts = json.loads((samples / sample.folder / "ORACLE.json").read_text("utf-8"))[sample.name]
    content = (samples / sample.folder / sample.name).read_bytes()
    home, config = tmp_path / "home", configured(tmp_path / "config", sample)
    home.mkdir()
    prepared(home, sample, content, facts)
    with rehearsing(home, warehouse_url, monkeypatch, config, begins=opens(sample)) as made:
        set_up_office(made, config)
        close(made, sample)
        (entry,) = made.ledger_journals()
        proof = made.rows("SELECT * FROM completeness_certificate")
        summaries = made.rows("SELECT summary FROM source_document")
        assert_every_line_ended_once(made)
    debit, credit = Decimal(facts["debit"]), Decimal(facts["credit"])
    (certified,) = proof
    assert certified["built_count"] == certified["in_count"] == facts.get(
        "voucher_lines", facts.get("lines")
    )  # fmt: skip
    assert (certified["in_debit_minor"], certified["in_credit_minor"]) == (
        debit * 100, credit * 100,
    )  # fmt: skip
    assert summaries[0]["summary"]["vouchers"] == facts["vouchers"]
    nets = sums(
        (line["account"], Decimal(line["debit"] or 0) - Decimal(line["credit"] or 0))
        for line in entry["lines"]
    )
    for top in facts["top5_accounts"]:
        assert nets[sample.accounts[top["account"]][1]] == Decimal(top["net"])
    assert len(nets) == facts["accounts"]
    one_sided = all(
        "0" in {top["debit"].split(".")[0], top["credit"].split(".")[0]}
        for top in facts["top5_accounts"]
    )
    in_ledger = sum(net for net in nets.values() if net > 0)
    assert in_ledger == -sum(net for net in nets.values() if net < 0)
    assert not one_sided or in_ledger == debit
    assert (entry["subsidiaryExternalId"], entry["currency"]) == (sample.entity, sample.currency)


def opens(sample: Sample) -> datetime:
    """Noon of the second business day after the file's month."""
    country = {"SE01": "SE", "DE01": "DE"}[sample.entity]
    day = business_day_after(calendar_month(sample.period).ends, 2, country)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
