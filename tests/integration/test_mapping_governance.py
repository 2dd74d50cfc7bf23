"""Finance's rules in the store: two persons, one act, a history that only grows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.cockpit.seeding import NOW, SteadyClock, office_on
from tieout import bootstrap, cli
from tieout.errors import ConfigurationError, ConflictError, NotAllowedError
from tieout.finance.mapping_tables import TABLES
from tieout.finance.mappings import MappingRow, MappingSet
from tieout.settings.environment import settings
from tieout.settings.mapping_files import read_mapping_files, write_mapping_files
from tieout.warehouse.store import Row
from tieout.workflows.mapping_history import check_active, explain, revert
from tieout.workflows.mapping_import import exported, import_rows, preview
from tieout.workflows.mappings import (
    FILES_AUTHOR,
    SETUP,
    Proposal,
    decide,
    decide_together,
    known_mappings,
    propose,
)
from tieout.workflows.office import Office
from tieout.workflows.setup import set_up
from tieout.workflows.unit_rules import mappings_of_files

ON = date(2026, 10, 31)
START = date(2026, 1, 1)
WAGES = {"provider": "de-datev", "coding": "source_account", "source_code": "6020"}


@pytest.fixture
def office(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """An office whose store holds the company's rules."""
    for made in office_on(warehouse_url, monkeypatch):
        set_up(made, {}, bootstrap.stated_proposals(settings()))
        yield made


def later(office: Office, days: int) -> Office:
    """The same office some days on."""
    return replace(office, clock=SteadyClock(NOW + timedelta(days=days)))


def known(office: Office, at: datetime | None = None) -> MappingSet:
    """The rules as known."""
    with office.warehouse.transaction() as work:
        return known_mappings(office, work, at or office.now())


def wages(debit: str, valid_from: date = START, valid_to: date | None = None) -> Proposal:
    """Another account for German wages."""
    content = {"scope": "entity:DE01", **WAGES, "debit_account": debit, "credit_account": "",
               "dimensions": "cost_center project", "summarise": "cost_center"}  # fmt: skip
    return Proposal("accounts", content, valid_from, "new chart", valid_to)


def share(center: str, percent: str, code: str = "4000") -> Proposal:
    """A share of a German cost center."""
    content = {"provider": "concur", "entity": "DE01", "source_code": code,
               "cost_center": center, "percent": percent}  # fmt: skip
    return Proposal("cost_centers", content, date(2026, 10, 15), "shared from mid October")


def made_active(office: Office, *proposals: Proposal) -> list[int]:
    """Propose and approve together; the ids."""
    ids = [int(propose(office, each, "finance_ops")["id"]) for each in proposals]
    decide_together(office, ids, "finance_lead", approve=True, reason="agreed")
    return ids


def account_of(mapping: MappingSet, on: date) -> str:
    """Where German wages are booked on a day."""
    row = mapping.best("accounts", "DE01", on, **WAGES)
    assert row is not None
    return row["debit_account"]


def test_a_correction_known_later_changes_nothing_for_who_looks_as_of_before(
    office: Office,
) -> None:
    """The auditor relies on it: a month is built again with the rules that were known then."""
    before = known(office)
    made_active(later(office, 3), wages("6011"))
    assert account_of(known(later(office, 4)), ON) == "6011"
    again = known(later(office, 4), office.now())
    assert account_of(again, ON) == "6010"
    assert (again.version, again.rows) == (before.version, before.rows)


def test_a_rule_from_the_fifteenth_splits_the_month_and_keeps_the_first_half(
    office: Office,
) -> None:
    """Earned until the 14th: the old account; from the 15th on the new one."""
    made_active(office, wages("6011", date(2026, 10, 15)))
    mapping = known(later(office, 1))
    assert account_of(mapping, date(2026, 10, 14)) == "6010"
    assert account_of(mapping, date(2026, 10, 15)) == "6011"
    assert account_of(mapping, ON) == "6011"


def test_a_split_becomes_active_whole_or_not_at_all(office: Office) -> None:
    """The controller relies on it: no half of a split is ever used."""
    ids = [int(propose(office, each, "finance_ops")["id"])
           for each in (share("CC4000", "60"), share("CC4100", "40"))]  # fmt: skip
    with pytest.raises(ConflictError, match=r"split into 60 % from 2026-10-15 on") as caught:
        decide(office, ids[0], "finance_lead", approve=True)
    assert caught.value.code == "mapping_conflict"
    decide_together(office, ids, "finance_lead", approve=True)
    mapping = known(later(office, 1))
    shares = mapping.cost_center_shares("concur", "DE01", "4000", ON)
    assert [(each.cost_center, str(each.percent)) for each in shares] == [
        ("CC4000", "60"), ("CC4100", "40"),
    ]  # fmt: skip


@pytest.mark.promise("S94")
def test_a_conflict_and_a_gap_are_named_before_anything_is_active(office: Office) -> None:
    """Finance relies on it: what would stop the close is refused on the day it is decided."""
    rival = {"rule": "rival", "scope": "entity:DE01", "payee": "employee", "taxable": "no",
             "expense_type": "*", "route": "ap", "clearing_account": "2320"}  # fmt: skip
    with pytest.raises(ConflictError, match="de01-free and rival of routing fit the same"):
        made_active(office, Proposal("routing", rival, START, "by payables"))
    ended = Proposal(
        "posting", {"scope": "group", "journal_kind": "payroll", "holding": "run"}, START,
        "no policy any more", date(2026, 11, 1),
    )  # fmt: skip
    with pytest.raises(ConflictError, match="No row of posting covers payroll of DE01"):
        made_active(office, ended)
    card = {**rival, "rule": "card", "scope": "group", "payee": "company_card", "taxable": "no"}
    with pytest.raises(ConflictError, match="No route for taxable AIRFR of company_card in DE01"):
        made_active(office, Proposal("routing", card, START, "cards pay what is not taxable"))
    assert known(later(office, 1)).version == known(office).version


def test_a_code_that_loses_its_place_is_told_and_may_be_approved(office: Office) -> None:
    """Its lines are held and nothing else: finance may want just that."""
    row = propose(office, wages("6010", valid_to=ON), "finance_ops")
    decided = decide_together(office, [row["id"]], "finance_lead", approve=True)
    assert [item.said for item in decided.warnings] == [
        "source_account 6020 of de-datev has no account in DE01 on 2026-11-01.",
        "source_account 6020 of de-datev has no account in DE01 on 2026-11-02.",
    ]


def test_nobody_decides_on_their_own_rule_alone_or_among_others(office: Office) -> None:
    """Four eyes on each of them."""
    theirs = propose(office, share("CC4100", "100"), "finance_ops")["id"]
    own = propose(office, wages("6011"), "finance_lead")["id"]
    with pytest.raises(NotAllowedError):
        decide_together(office, [theirs, own], "finance_lead", approve=True)
    assert account_of(known(later(office, 1)), ON) == "6010"


def test_a_proposal_that_was_overtaken_is_not_activated(office: Office) -> None:
    """It was written on top of a version that is gone."""
    old = propose(office, wages("6011"), "finance_ops")["id"]
    made_active(office, wages("6020"))
    with pytest.raises(ConflictError, match="was made before version 3"):
        decide(office, old, "finance_lead", approve=True)


def test_a_rule_is_undone_by_a_new_version_that_says_what_held_before(office: Office) -> None:
    """The auditor relies on it: nothing vanishes, and undoing has an author and an approver too."""
    (identity,) = made_active(office, wages("6011"))
    back = revert(later(office, 1), identity, "finance_ops", "wrong chart")
    decide(later(office, 1), back["id"], "controller", approve=True)
    assert account_of(known(later(office, 2)), ON) == "6010"
    (new,) = made_active(later(office, 3), wages("6011", date(2026, 10, 15)))
    gone = revert(later(office, 4), new, "finance_ops", "not from the 15th")
    decide(later(office, 4), gone["id"], "controller", approve=True)
    assert account_of(known(later(office, 5)), ON) == "6010"
    assert account_of(known(later(office, 5), NOW + timedelta(days=3)), ON) == "6011"
    with office.warehouse.transaction() as work:
        acts = [
            (row["actor"], row["verb"], row["reason"])
            for row in work.rows("setup", "audit_events")
            if row["object_kind"] == "mapping" and row["object_key"] == str(gone["id"])
        ]
    assert acts == [
        ("finance_ops", "proposed", "not from the 15th"),
        ("controller", "approved", ""),
    ]


def test_what_does_not_fit_its_column_is_never_proposed(office: Office) -> None:
    """Also from the API, where no file was read."""
    wrong = replace(share("CC4000", "sixty"), reason="typed in a hurry")
    with pytest.raises(ConfigurationError, match="percent says 'sixty'"):
        propose(office, wrong, "finance_ops")


@pytest.mark.promise("S95")
def test_an_override_says_what_it_overrides_since_when_and_by_whom(office: Office) -> None:
    """Group, country, entity: the first answers, the others stand below it."""
    rule = {"provider": "*", "coding": "expense_type", "source_code": "MEALS", "credit_account": "",
            "dimensions": "cost_center project", "summarise": "cost_center"}  # fmt: skip
    scopes = {"country:DE": "7050", "entity:DE01": "7060"}
    made_active(office, *(
        Proposal("accounts", {"scope": scope, **rule, "debit_account": debit}, START, "house rule")
        for scope, debit in scopes.items()
    ))  # fmt: skip
    asked: Mapping[str, str] = {
        "provider": "concur", "coding": "expense_type", "source_code": "MEALS",
    }  # fmt: skip
    found = explain(office, "accounts", "DE01", ON, later(office, 1).now(), asked)
    (answer,) = found.answers
    assert (answer["scope"], answer.author, answer.decided_by, answer.reason) == (
        "entity:DE01", "finance_ops", "finance_lead", "house rule",
    )  # fmt: skip
    assert answer.known_from == office.now()
    assert [row["scope"] for row in found.overridden] == ["country:DE", "group"]
    earlier = explain(office, "accounts", "DE01", ON, office.now() - timedelta(days=1), asked)
    assert [row["scope"] for row in earlier.answers] == ["group"]
    assert (
        explain(office, "accounts", "US01", ON, office.now(), asked).answers[0]["scope"] == "group"
    )


def test_an_export_reads_back_without_a_proposal_and_a_change_is_shown_first(
    office: Office, tmp_path: Path
) -> None:
    """Finance keeps its tables in a spreadsheet: out, changed, shown, in."""
    made_active(office, wages("6011", date(2026, 10, 15), date(2026, 12, 31)))
    here = later(office, 1)
    write_mapping_files(tmp_path / "out", exported(here))
    stated = bootstrap.stated_proposals(settings().model_copy(update={"config": tmp_path / "out"}))
    assert preview(here, stated) == []
    assert import_rows(here, stated, "ada") == (0, False)
    changed = [wages("6020", each.valid_from, each.valid_to) if each.valid_to else each
               for each in stated if each.content.get("rule") != "card"]  # fmt: skip
    assert [(each.what, each.table, each.columns) for each in preview(here, changed)] == [
        ("changed", "accounts", ("debit_account",)),
        ("missing", "routing", ("clearing_account", "expense_type", "payee", "priority_note",
                                "route", "rule", "scope", "taxable")),
    ]  # fmt: skip
    assert import_rows(here, changed, "ada", end_missing=ON) == (2, False)
    assert import_rows(here, changed, "ada", end_missing=ON) == (0, False)
    assert known(later(office, 2)).version == known(here).version


def test_an_export_of_then_names_the_rules_of_then(office: Office, tmp_path: Path) -> None:
    """The auditor relies on it: a month is built again from files, under the same rule versions."""
    made_active(office, wages("6011"))
    made_active(later(office, 2), wages("6012"))
    then = later(office, 1)
    write_mapping_files(tmp_path / "then", exported(later(office, 3), then.now()))
    files = mappings_of_files(read_mapping_files(tmp_path / "then"), office.company)
    store = known(later(office, 3), then.now())
    assert {row.name: row.text for row in files.rows} == {
        row.name: MappingRow(row.table, row.version, row.valid_from, {
            column: row[column] for column in TABLES[row.table].names
        }).text
        for row in store.rows
    }  # fmt: skip
    assert account_of(files, ON) == "6011"


def test_two_exports_of_one_set_are_the_same_bytes(office: Office, tmp_path: Path) -> None:
    """A difference of two exports is a difference of rules."""
    for name in ("one", "other"):
        write_mapping_files(tmp_path / name, exported(office))
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.csv"))
    assert files
    for file in files:
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "other" / file).read_bytes()


def test_a_later_import_names_a_person_and_a_restart_proposes_nothing(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The auditor relies on it: who brings rules in can't approve them under another name."""
    changed = [wages("6011"), share("CC4100", "100")]
    for nobody in ("", FILES_AUTHOR, SETUP):
        with pytest.raises(ConfigurationError, match="2 rows of the files are new, and nobody"):
            import_rows(office, changed, nobody)
    assert set_up(office, {"ada": ("finance_ops", ["*"])}, changed) == 0
    assert proposed(office) == []
    write_mapping_files(tmp_path / "out", exported(office))
    accounts = tmp_path / "out" / "mappings" / "accounts.csv"
    lines = accounts.read_text(encoding="utf-8").splitlines()
    wage = next(at for at, line in enumerate(lines) if ",source_account,6020," in line)
    lines[wage] = lines[wage].replace(",6010,", ",6011,")
    accounts.write_text("\n".join(lines), encoding="utf-8")
    command = ["import", "--config", str(tmp_path / "out")]
    assert cli.main(command) == 1
    assert "nobody stands for them" in capsys.readouterr().err
    assert cli.main([*command, "--author", "nobody"]) == 1
    assert "nobody is no user of Tieout" in capsys.readouterr().err
    assert cli.main([*command, "--author", "ada"]) == 0
    (row,) = proposed(office)
    assert row["author"] == "ada"
    with pytest.raises(NotAllowedError):
        decide(office, int(row["id"]), "ada", approve=True)


def proposed(office: Office) -> list[Row]:
    """What waits for a decision."""
    with office.warehouse.transaction() as work:
        return work.rows("cockpit", "proposals")


def test_an_account_is_controlled_on_the_days_that_its_rule_says(office: Office) -> None:
    """The controller relies on it: of several validities the one of the day speaks, as in builds.

    The entity's own row comes before the one for all; a row that ended comes back by no other.
    """
    rule = {"entity": "DE01", "account": "6010", "control": "shared"}
    everywhere = {"entity": "*", "account": "7010", "control": "exclusive"}
    ending = {"entity": "DE01", "account": "6020", "control": "exclusive"}
    made_active(
        office,
        Proposal("control", rule, date(2026, 11, 1), "the ERP books bonuses there"),
        Proposal("control", everywhere, START, "everywhere but where said"),
        Proposal("control", ending, START, "no longer ours", date(2026, 10, 31)),
    )
    for on in (ON, ON + timedelta(days=1)):
        with office.warehouse.transaction() as work:
            rows = work.rows("tie_out", "controlled_accounts", entity="DE01", as_of=on)
        found = {row["account"] for row in rows}
        assert found == {
            account
            for account in ("1310", *(row["account"] for row in known(office).table("control")))
            if (best := known(office).best("control", "DE01", on, account=account))
            and best["control"] == "exclusive"
        }
        assert {"6010", "6020"} & found == ({"6010", "6020"} if on == ON else set())
        assert "7010" not in found


def test_a_first_load_that_contradicts_itself_loads_nothing(
    warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both rules are named; the store stays empty."""
    for office in office_on(warehouse_url, monkeypatch):
        with pytest.raises(ConfigurationError, match="split into 60 %"):
            import_rows(office, [share("CC4000", "60")], FILES_AUTHOR)
        assert exported(office) == []


def test_the_companys_own_rules_have_neither_conflict_nor_gap(office: Office) -> None:
    """The demonstration relies on it: what it cures is seeded, not forgotten."""
    assert check_active(office, ON) == []
    assert office.now().tzinfo is UTC


def test_the_commands_explain_check_and_export(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Finance asks from a shell what the store would answer, then and now."""
    asked = ["mappings", "explain", "accounts", *(f"{k}={v}" for k, v in WAGES.items())]
    assert cli.main([*asked, "--entity", "DE01", "--on", "2026-10-31"]) == 0
    told = capsys.readouterr().out
    assert "answered on 2026-10-31" in told
    assert "accounts:entity:DE01|de-datev|source_account|6020@1" in told
    assert cli.main([*asked, "--entity", "DE01", "--known-at", "1999-01-01T00:00+00:00"]) == 1
    assert "no rule" in capsys.readouterr().out
    assert cli.main(["mappings", "check", "--on", "2026-10-31", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert cli.main(["mappings", "export", str(tmp_path / "out"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["routing"] == 11
    assert cli.main(["mappings", "export", str(tmp_path / "out")]) == 1
    assert "exists already" in capsys.readouterr().err
    assert cli.main(["import", "--config", str(tmp_path / "out"), "--show"]) == 0
    assert capsys.readouterr().out.strip() == ""
