"""The NetSuite adapter against the account's twin, over real HTTP, in fair and foul weather."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.prepare import prepare
from tests.builders.journals import Leg, a_journal
from tests.builders.netsuite_ledger import LIMITS, Account, at_once, company_account
from tieout.adapters.clock import SharedClock, SystemClock
from tieout.adapters.netsuite import NetSuiteLedger
from tieout.adapters.transport import Connection, Limits
from tieout.errors import VendorRefusedError, VendorUnavailableError
from tieout.finance.comparison import differences
from tieout.finance.journals import Journal
from tieout.finance.ledger import Accepted, Indeterminate, LedgerEntry, Posted, Refused

COST, PROJECT_COST = ("6010", "CC4100", "", 12_500_000), ("6010", "CC4100", "P-1001", 1_437_550)
CLEARING = ("2400", "", "", -13_937_550)
OCTOBER = "320"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The generated company's seeds."""
    home = tmp_path_factory.mktemp("company")
    prepare(home, 1)
    return home


@pytest.fixture
def account(tmp_path: Path, prepared: Path) -> Iterator[Account]:
    """A fresh account; at the end nothing but insertions and readings may have reached it."""
    with company_account(tmp_path, prepared) as served:
        yield served
        assert served.watched.methods <= {"GET", "POST"}


@pytest.fixture
def ledger(account: Account) -> NetSuiteLedger:
    """Our adapter at that account."""
    return account.ledger()


def payroll(*legs: Leg, **changes: object) -> Journal:
    """A payroll journal of DE01 in codes of the generated company."""
    return a_journal(*(legs or (COST, PROJECT_COST, CLEARING)), **changes)  # type: ignore[arg-type]


def found(ledger: NetSuiteLedger, journal: Journal) -> LedgerEntry:
    """The entry, which must be there."""
    entry = ledger.find(journal.external_id)
    assert entry is not None
    return entry


# ---------------------------------------------------------------- posting and reading back


def test_a_posted_journal_is_read_back_as_it_was_approved(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: period, date, currency and every line, exactly and once."""
    journal = payroll()
    outcome = ledger.post(journal)
    entry = found(ledger, journal)
    assert outcome == Posted(entry.ref)
    assert differences(journal, entry) == []
    assert (entry.entity, entry.posting) == ("DE01", True)
    assert journal.correlation_id in entry.memo
    assert [line.memo for line in entry.lines] == ["#1 Wages", "#2 Wages", "#3 Wages"]
    assert len(account.journals()) == 1


@pytest.mark.parametrize(
    ("entity", "currency", "cost_center"),
    [("JP01", "JPY", "CC5100"), ("SE01", "SEK", "CC3100"), ("US01", "USD", "CC1100")],
)
def test_each_currency_keeps_its_own_minor_units(
    ledger: NetSuiteLedger, entity: str, currency: str, cost_center: str
) -> None:
    """Tie-out relies on it: a yen has no cents, before and after the ledger."""
    centers = {each.code for each in ledger.reference_data() if entity in each.entities}
    center = cost_center if cost_center in centers else min(c for c in centers if c[:2] == "CC")
    journal = payroll(
        ("6010", center, "", 1_234_567), ("2400", "", "", -1_234_567),
        entity=entity, currency=currency,
    )  # fmt: skip
    assert isinstance(ledger.post(journal), Posted)
    assert differences(journal, found(ledger, journal)) == []


@pytest.mark.promise("S60")
def test_posting_again_answers_that_the_id_exists_and_changes_nothing(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: however often a task is cleared, the ledger holds it once."""
    journal = payroll()
    ledger.post(journal)
    before = account.journals()
    for other in (ledger, account.ledger()):
        again = other.post(journal)
        assert isinstance(again, Refused)
        assert again.code == "same_id_exists"
    assert account.journals() == before


def test_two_runs_that_post_at_once_write_one_journal(account: Account) -> None:
    """Two schedulers rely on it: the unique key decides, not luck."""
    journal = payroll()
    outcomes: list[object] = []
    start = threading.Barrier(2)

    def run() -> None:
        ledger = account.ledger()
        ledger.reference_data()
        start.wait()
        outcomes.append(ledger.post(journal))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Posted", "Refused"]
    assert len(account.journals()) == 1


def test_a_journal_that_awaits_approval_in_the_erp_is_accepted_and_not_posted(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: pending is not in the general ledger, and is not called so."""
    account.clerk("preferences", journalApproval="checkbox")
    journal = payroll()
    outcome = ledger.post(journal)
    assert isinstance(outcome, Accepted)
    assert not found(ledger, journal).posting
    account.clerk("clerk/approve", id=outcome.ref)
    assert found(ledger, journal).posting


def test_read_back_shows_our_journals_and_those_of_others_of_that_entity_and_period(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """Tie-out relies on it: what somebody booked by hand on our accounts is seen."""
    ours = payroll()
    ledger.post(ours)
    ledger.post(payroll(batch="november", period="2026-11", accounting_date=date(2026, 11, 1)))
    legs = (("6010", "", "", 100), ("2400", "", "", -100))
    ledger.post(payroll(*legs, entity="UK01", currency="GBP"))
    lines = [{"account": "6010", "debit": "5.00"}, {"account": "2400", "credit": "5.00"}]
    account.clerk("journal", subsidiary="DE01", period=OCTOBER, date="2026-10-15", lines=lines)
    entries = list(ledger.read_back("DE01", "2026-10"))
    assert [entry.external_id for entry in entries] == [ours.external_id, ""]
    assert differences(ours, entries[0]) == []
    assert [line.amount_minor for line in entries[1].lines] == [500, -500]


def test_a_change_by_hand_is_seen_with_its_time(account: Account, ledger: NetSuiteLedger) -> None:
    """Tie-out relies on it: a drifted journal names the line that was changed."""
    journal = payroll()
    ledger.post(journal)
    before = found(ledger, journal)
    account.clerk("clerk/edit-line", id=before.ref, line=0, amount="125000.01")
    after = found(ledger, journal)
    drifted = differences(journal, after)
    assert {each.kind for each in drifted} == {"line_changed"}
    assert before.changed_at is not None
    assert after.changed_at is not None
    assert after.changed_at >= before.changed_at


def test_a_long_journal_is_posted_by_a_job_and_read_back_over_pages(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """Entities that do not summarise rely on it: above a thousand lines nothing is lost."""
    costs = [("6010", "CC4100", "", 100 + number) for number in range(1200)]
    journal = payroll(*costs, ("2400", "", "", -sum(cost[3] for cost in costs)))
    outcome = account.ledger(sleep=_breathe).post(journal)
    assert isinstance(outcome, Posted)
    assert differences(journal, found(ledger, journal)) == []
    assert [len(entry.lines) for entry in ledger.read_back("DE01", "2026-10")] == [1201]
    # The same request again finds its job by the idempotency key.
    assert account.ledger(sleep=_breathe).post(journal) == outcome
    assert len(account.journals()) == 1


def test_a_job_that_was_refused_does_not_burn_its_key(account: Account) -> None:
    """Finance relies on it: once the period is open again, the same journal posts."""
    costs = [("6010", "CC4100", "", 100) for _ in range(1001)]
    journal = payroll(*costs, ("2400", "", "", -100_100))
    ledger = account.ledger(sleep=_breathe)
    account.will("script_refusal", settings={"text": "Not before noon."})
    refused = ledger.post(journal)
    assert isinstance(refused, Refused)
    assert "Not before noon." in refused.reason
    assert isinstance(ledger.post(journal), Posted)
    assert len(account.journals()) == 1


@pytest.mark.parametrize(
    ("kind", "reason"), [("job_stuck", "still runs"), ("job_failed", "unexpected error occurred")]
)
def test_a_job_without_a_clear_end_is_unclear(account: Account, kind: str, reason: str) -> None:
    """The controller relies on it: an accepted job is not a posted journal."""
    costs = [("6010", "CC4100", "", 100) for _ in range(1001)]
    account.will(kind)
    ledger = account.ledger(sleep=_breathe if kind == "job_failed" else at_once)
    outcome = ledger.post(payroll(*costs, ("2400", "", "", -100_100)))
    assert isinstance(outcome, Indeterminate)
    assert reason in outcome.reason


# ---------------------------------------------------------------- lost and unclear answers


@pytest.mark.parametrize(
    ("kind", "more", "written"),
    [
        ("drop_before", {}, False),
        ("drop_after", {}, True),
        ("error_before", {}, False),
        ("error_after", {}, True),
        ("html_502", {}, False),
        ("html_502", {"settings": {"after": True}}, True),
    ],
)
@pytest.mark.promise("S84")
def test_an_unclear_answer_is_said_to_be_unclear_and_resolved_by_looking(
    account: Account, ledger: NetSuiteLedger, kind: str, more: dict[str, Any], written: bool
) -> None:
    """The controller relies on it: one attempt, no guess, and the ledger itself tells the rest."""
    journal = payroll()
    account.will(kind, **more)
    outcome = ledger.post(journal)
    assert isinstance(outcome, Indeterminate)
    assert account.posts == 1
    entry = ledger.find(journal.external_id)
    assert (entry is not None) is written
    again = ledger.post(journal)
    if written:
        assert isinstance(again, Refused)
        assert again.code == "same_id_exists"
    else:
        assert isinstance(again, Posted)
    assert len(account.journals()) == 1


def test_a_commit_after_we_gave_up_is_found_later(
    account: Account, ledger: NetSuiteLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The controller relies on it: "not there" is not final before the longest run time is over."""
    clock = SharedClock(tmp_path / "clock.json")
    clock.jump_to(SystemClock().now())
    monkeypatch.setenv("TIEOUT_CLOCK", str(tmp_path / "clock.json"))
    journal = payroll()
    account.will("late_commit", seconds=600)
    assert isinstance(ledger.post(journal), Indeterminate)
    assert ledger.find(journal.external_id) is None
    assert ledger.limits.longest_run_seconds > 600
    clock.jump_to(clock.now() + timedelta(seconds=ledger.limits.longest_run_seconds))
    for _ in range(20):
        if (entry := ledger.find(journal.external_id)) is not None:
            break
        threading.Event().wait(0.3)
    assert entry is not None
    assert differences(journal, entry) == []


def test_a_slow_ledger_is_not_waited_for_without_end(account: Account) -> None:
    """The posting window relies on it: patience has a limit, and its end is an unclear outcome."""
    ledger = account.ledger(limits=Limits(total_seconds=0.5, read_attempts=2))
    ledger.reference_data()
    account.will("slow", seconds=1.5)
    assert isinstance(ledger.post(payroll()), Indeterminate)
    assert account.posts == 1


def test_an_unreachable_ledger_leaves_nothing_to_look_up(account: Account) -> None:
    """Posting relies on it: what was surely not sent is simply tried again."""
    gone = Connection("http://127.0.0.1:1", extra=account.connection.extra)
    ledger = account.ledger(connection=gone)
    outcome = ledger.post(payroll())
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == ("erp_busy", False)
    with pytest.raises(VendorUnavailableError):
        ledger.find("DE01-PAY-202610-X")


# ---------------------------------------------------------------- load and sign-in


def test_a_busy_ledger_is_told_as_busy_with_its_own_patience(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The other integrations rely on it: the attempt is not repeated here."""
    account.will("rate_limited", seconds=30)
    outcome = ledger.post(payroll())
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == ("erp_busy", False)
    assert outcome.retry_after_seconds == 30
    assert account.posts == 1
    assert isinstance(ledger.post(payroll()), Posted)


def test_a_storm_of_refusals_ends_in_patience_not_in_a_missing_entry(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """Tie-out relies on it: a ledger that can't be read is never an empty ledger."""
    account.will("rate_limited", operation="suiteql", count=50)
    with pytest.raises(VendorUnavailableError):
        ledger.find("DE01-PAY-202610-X")


def test_a_token_that_dies_in_mid_run_costs_one_more_sign_in(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """Long runs rely on it: a rotated token stops nothing and doubles nothing."""
    assert ledger.find("DE01-PAY-202610-X") is None
    account.will("token_revoked")
    assert isinstance(ledger.post(payroll()), Posted)
    assert account.posts == 2
    assert len(account.journals()) == 1


def test_a_sign_in_refused_under_load_is_load(account: Account, ledger: NetSuiteLedger) -> None:
    """The platform's owner relies on it: overload that looks like a wrong key renews no key."""
    account.will("rate_limited", operation="suiteql", count=1)
    account.will("unauthorized_under_load", count=2)
    outcome = ledger.post(payroll())
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == ("erp_busy", False)


def test_a_revoked_certificate_is_a_refused_sign_in(account: Account) -> None:
    """The platform's owner relies on it: the reason is named and no posting is unclear."""
    certificate = str(account.connection.extra["certificate_id"])
    account.clerk("certificate/revoke", certificate_id=certificate)
    outcome = account.ledger().post(payroll())
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.permanent) == ("erp_login", True)
    assert account.posts == 0


def test_many_threads_stay_below_the_limit_of_the_account(account: Account) -> None:
    """The customer's other integrations rely on it: two slots are two requests at once."""
    account.clerk("preferences", accountConcurrencyLimit=2)
    ledger = account.ledger(concurrency=2)
    outcomes: list[object] = []

    def run(number: int) -> None:
        outcomes.append(ledger.post(payroll(batch=f"run-{number}")))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {type(outcome) for outcome in outcomes} == {Posted}
    assert not ledger._client.pace.under_load
    assert len(account.journals()) == 12


# ---------------------------------------------------------------- refusals


def test_a_closed_or_locked_period_is_refused_before_anything_is_sent(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: nothing is re-dated, and a refusal costs no request."""
    for switch in ("aplocked", "alllocked", "closed"):
        account.clerk("period", id=OCTOBER, **{switch: True})
        outcome = ledger.post(payroll())
        assert isinstance(outcome, Refused)
        assert (outcome.code, outcome.permanent) == ("period_closed", True)
    assert account.posts == 0


def test_a_role_that_could_pass_a_lock_does_not(account: Account, ledger: NetSuiteLedger) -> None:
    """The controller relies on it: an over-powerful role is not ours to use."""
    account.clerk("role", id="1101", permissions=["Administrator", "Override Period Restrictions"])
    account.clerk("period", id=OCTOBER, alllocked=True)
    outcome = ledger.post(payroll())
    assert isinstance(outcome, Refused)
    assert outcome.code == "period_closed"
    assert account.posts == 0


@pytest.mark.parametrize("kind", ["closed_period", "locked_period"])
def test_a_period_that_closes_between_look_and_post_is_refused(
    account: Account, ledger: NetSuiteLedger, kind: str
) -> None:
    """The controller relies on it: the ledger's own refusal has the same word."""
    account.will(kind)
    outcome = ledger.post(payroll())
    assert isinstance(outcome, Refused)
    assert outcome.code == "period_closed"
    assert account.journals() == []


def test_a_period_that_the_ledger_chose_anew_is_seen(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: "posted" never means another month."""
    account.will("period_recalculated")
    journal = payroll()
    assert isinstance(ledger.post(journal), Posted)
    assert "period" in {each.kind for each in differences(journal, found(ledger, journal))}


def test_a_date_outside_the_period_is_refused_before_anything_is_sent(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: the exporter never moves a date to fit."""
    outcome = ledger.post(payroll(accounting_date=date(2026, 11, 1)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "date_outside_period"
    assert account.posts == 0


def test_a_code_that_the_ledger_does_not_have_is_refused_with_all_the_others(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """Finance relies on it: every unknown code is named, before anything is sent."""
    journal = payroll(("1234", "CC9999", "P-0", 100), ("2400", "", "", -100))
    outcome = ledger.post(journal)
    assert isinstance(outcome, Refused)
    assert outcome.code == "erp_value_refused"
    for code in ("1234", "CC9999", "P-0"):
        assert code in outcome.reason
    assert account.posts == 0


def test_another_entity_s_cost_center_is_refused_as_such(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """Finance relies on it: allowed elsewhere is not unknown."""
    foreign = next(
        each.code
        for each in ledger.reference_data()
        if each.kind == "cost_center" and each.entities == ("US01",) and each.active
    )
    outcome = ledger.post(payroll(("6010", foreign, "", 100), ("2400", "", "", -100)))
    assert isinstance(outcome, Refused)
    assert outcome.code == "erp_wrong_subsidiary"
    assert account.posts == 0


def test_a_field_that_the_erp_wants_now_is_named(account: Account, ledger: NetSuiteLedger) -> None:
    """Finance relies on it: a new mandatory segment is a rule to set, not a riddle."""
    account.clerk("preferences", mandatorySegments=["class"])
    outcome = ledger.post(payroll())
    assert isinstance(outcome, Refused)
    assert outcome.code == "erp_field_missing"


def test_a_script_of_the_customer_is_quoted(account: Account, ledger: NetSuiteLedger) -> None:
    """Finance relies on it: their own rule is told in their own words."""
    account.will("script_refusal", settings={"text": "No journals on Fridays."})
    outcome = ledger.post(payroll())
    assert isinstance(outcome, Refused)
    assert "No journals on Fridays." in outcome.reason
    assert account.journals() == []


# ---------------------------------------------------------------- whose key is it


def test_a_foreign_document_under_our_key_is_shown_and_never_adopted(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: a bill of another integration is no journal of ours."""
    account.will("foreign_external_id")
    journal = payroll()
    outcome = ledger.post(journal)
    assert isinstance(outcome, Refused)
    assert outcome.code == "same_id_exists"
    entry = found(ledger, journal)
    assert entry.lines == ()
    assert differences(journal, entry) != []


def test_a_journal_is_found_although_its_key_was_changed(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: another integration's habit does not make us post twice."""
    account.will("external_id_altered", settings={"value": "THEIRS-1"})
    journal = payroll()
    ledger.post(journal)
    entry = found(ledger, journal)
    assert entry.external_id == "THEIRS-1"
    assert differences(journal, entry) == []


def test_what_our_role_cannot_see_is_not_called_absent(
    account: Account, ledger: NetSuiteLedger
) -> None:
    """The controller relies on it: a restricted role never makes a journal look unposted."""
    journal = payroll()
    ledger.post(journal)
    account.clerk("role", id="1101", subsidiaries=["2"])
    blind = account.ledger()
    with pytest.raises(VendorUnavailableError, match="does not see"):
        blind.find(journal.external_id)
    with pytest.raises(VendorUnavailableError, match="does not see"):
        list(blind.read_back("DE01", "2026-10"))


def test_an_unknown_entity_or_period_is_no_empty_ledger(ledger: NetSuiteLedger) -> None:
    """Tie-out relies on it: a wrong question is refused, not answered with nothing."""
    with pytest.raises(VendorRefusedError, match="XX01"):
        list(ledger.read_back("XX01", "2026-10"))
    with pytest.raises(VendorRefusedError, match="2031-01"):
        list(ledger.read_back("DE01", "2031-01"))


# ---------------------------------------------------------------- master data


def test_master_data_come_in_finance_s_words(ledger: NetSuiteLedger) -> None:
    """Mappings rely on it: codes, not internal ids; closed objects are there and inactive."""
    objects = ledger.reference_data()
    kinds = {each.kind for each in objects}
    assert kinds == {
        "account", "cost_center", "currency", "department", "employee", "entity", "project",
        "vendor",
    }  # fmt: skip
    entities = {each.code: each for each in objects if each.kind == "entity"}
    assert entities["JP01"].fields["currency"] == "JPY"
    wages = next(each for each in objects if (each.kind, each.code) == ("account", "6010"))
    assert {"DE01", "JP01", "SE01", "UK01", "US01"} == set(wages.entities)
    closed = [each for each in objects if each.kind == "cost_center" and not each.active]
    assert len(closed) == 1
    yen = next(each for each in objects if (each.kind, each.code) == ("currency", "JPY"))
    assert yen.fields["precision"] == "0"


def test_no_name_of_a_person_is_kept(ledger: NetSuiteLedger, prepared: Path) -> None:
    """Employees rely on it: the ledger's lists hold their numbers, not their names."""
    people = [each for each in ledger.reference_data() if each.kind in {"employee", "vendor"}]
    assert len(people) > 500
    assert {each.name for each in people} <= {"", "Polaris Card Services"}


def test_periods_carry_our_code_and_their_locks(account: Account, ledger: NetSuiteLedger) -> None:
    """Posting windows rely on it: an A/P lock is a lock, and quarters are no periods."""
    account.clerk("period", id=OCTOBER, aplocked=True)
    periods = {each.code: each for each in ledger.periods()}
    assert list(periods) == ["2026-09", "2026-10", "2026-11", "2026-12"]
    assert periods["2026-09"].closed
    assert (periods["2026-10"].closed, periods["2026-10"].locked) == (False, True)
    assert periods["2026-11"].open
    assert (periods["2026-10"].starts, periods["2026-10"].ends) == (
        date(2026, 10, 1),
        date(2026, 10, 31),
    )


def test_answers_in_lower_case_are_read_alike(account: Account, ledger: NetSuiteLedger) -> None:
    """Old accounts rely on it: recordings show property names in both cases."""
    journal = payroll()
    ledger.post(journal)
    account.will("lower_case_names", operation="suiteql", count=5)
    assert differences(journal, found(account.ledger(), journal)) == []


def test_a_connection_never_shows_its_key(account: Account, ledger: NetSuiteLedger) -> None:
    """Whoever reads logs relies on it."""
    assert "PRIVATE KEY" not in repr(account.connection)
    assert LIMITS.read_attempts == 3
    assert ledger.warnings() == ()


def _breathe(seconds: float) -> None:
    """Give the account's worker a moment, not the seconds that a person would wait."""
    threading.Event().wait(0.02)
