"""Alignment, master data, the readiness gate and expected runs, as the API lets roles see them."""

from __future__ import annotations

import pytest

from tests.cockpit.conftest import As
from tests.cockpit.people_known import know_people
from tests.cockpit.seeding import ONE_ENTITY, PERIOD, Month
from tests.cockpit.test_cockpit_access import READERS
from tieout.cockpit.reading import reading
from tieout.workflows.approve import Answer, ask_once, record_answer, wanted

WHY = "HR moves the person on Monday"
EXPECTED = {
    "entity": "JP01", "provider": "jp-delimited", "period": PERIOD, "state": "late",
    "reason": "the bureau sends on the third",
}  # fmt: skip
#: Who lets journals go at the gate; who answers for a run that has not arrived.
SECOND, ANSWERERS = {"finance_lead", "controller"}, {"finance_ops", "finance_lead"}
EVERYBODY = (*READERS, "platform", "stranger", "")


@pytest.fixture(autouse=True)
def _known(month: Month) -> None:
    know_people(month.office)


def approve_waiting(month: Month) -> None:
    """UK01's journal is approved and waits at the gate."""
    want = wanted(month.office, "UK01", PERIOD)
    assert want is not None
    assert ask_once(month.office, "close:uk", want)
    record_answer(month.office, "close:uk", Answer("controller", approve=True))


def code(user: str, allowed: set[str], good: int = 200) -> int:
    """The answer that a role may expect."""
    return good if user in allowed else 403 if user else 401


def test_sums_of_alignment_are_for_all_readers_and_people_for_operations_alone(
    as_user: As,
) -> None:
    """Employees rely on it: who does not work with single records sees none."""
    for user in EVERYBODY:
        sums = as_user(user).get(f"/tieout/api/alignment?period={PERIOD}").status_code
        assert sums == code(user, set(READERS)), user
        for path in (f"alignment/UK01?period={PERIOD}", "reference/employee"):
            people = as_user(user).get(f"/tieout/api/{path}").status_code
            assert people == code(user, {"finance_ops"}), (user, path)
        centers = as_user(user).get("/tieout/api/reference/cost_center").status_code
        assert centers == code(user, set(READERS)), user


def test_the_alignment_states_counts_gate_and_no_amount_behind_too_few(as_user: As) -> None:
    """The controller relies on it: one answer says what is apart, and what that holds up."""
    found = as_user("auditor").get(f"/tieout/api/alignment?period={PERIOD}").json()
    sound, apart = found["entities"]
    assert (sound["entity"], sound["percent"], sound["masked"]) == ("DE01", "100", False)
    assert sound["readiness"] == {"open": True, "threshold_percent": "100", "why": ""}
    assert {name: apart[name] for name in ("entity", "headcount", "aligned", "differs", "missing",
                                           "percent", "pay_at_risk", "masked")} == {
        "entity": "UK01", "headcount": 3, "aligned": 2, "differs": 1, "missing": 0,
        "percent": "66.6", "pay_at_risk": None, "masked": True,
    }  # fmt: skip
    assert apart["readiness"] == {
        "open": False, "threshold_percent": "100",
        "why": "2 of 3 people aligned (66.6 %), threshold 100 %",
    }  # fmt: skip
    assert "U-2" not in str(found)


def test_a_user_of_one_entity_is_told_of_no_other_entitys_people(as_user: As) -> None:
    """Entities rely on it."""
    browser = as_user(ONE_ENTITY)
    listed = browser.get(f"/tieout/api/alignment?period={PERIOD}").json()["entities"]
    assert [row["entity"] for row in listed] == ["DE01"]
    assert browser.get(f"/tieout/api/alignment/UK01?period={PERIOD}").status_code == 403
    numbers = [
        row["code"] for row in browser.get("/tieout/api/reference/employee").json()["objects"]
    ]
    assert numbers == ["D-1", "D-2"]
    centers = browser.get("/tieout/api/reference/cost_center").json()["objects"]
    assert [row["code"] for row in centers] == ["CC4100", "CC9000"]


def test_people_apart_are_named_by_number_with_what_differs(as_user: As) -> None:
    """Finance operations rely on it: the list says whom to look up, and in what."""
    browser = as_user("finance_ops")
    assert browser.get(f"/tieout/api/alignment/UK01?period={PERIOD}").json() == {
        "period": PERIOD, "entity": "UK01", "headcount": 3,
        "people": [{"employee": "U-2", "standing": "differs", "missing_in": [],
                    "differences": ["cost center: HR A, ERP B"]}],
    }  # fmt: skip
    for entity in ("SE01", "*", "XX99"):
        answer = browser.get(f"/tieout/api/alignment/{entity}?period={PERIOD}")
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown"), entity
        assert answer.json()["message"] == f"No alignment of {entity!r} in {PERIOD} is known."


def test_master_data_are_answered_as_true_on_a_day_and_known_at_an_instant(as_user: As) -> None:
    """The auditor relies on it: what nobody knew yet is not answered as if it had been known."""
    browser = as_user("finance_ops")
    path = "/tieout/api/reference"
    center = browser.get(f"{path}/cost_center?as_of=2026-11-02").json()["objects"][0]
    assert (center["code"], center["name"], center["active"]) == ("CC4100", "Sales", True)
    assert center["entities"] == ["DE01", "UK01"]
    hired = browser.get(f"{path}/employee?as_of=2024-01-01").json()
    assert [row["valid_from"] for row in hired["objects"]] == ["2024-01-01"] * 5
    assert browser.get(f"{path}/employee?as_of=2023-12-31").json()["objects"] == []
    before = browser.get(f"{path}/employee?known_at=2026-11-02T15:29:59Z").json()
    assert before["objects"] == []
    unknown = browser.get(f"{path}/planet")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown")
    assert "There is no kind of master data 'planet'." in unknown.json()["message"]
    for wrong in ("as_of=yesterday", "known_at=2026-11-02T15:29:59", "who=me"):
        assert browser.get(f"{path}/employee?{wrong}").status_code == 400, wrong


def test_the_gate_is_released_by_a_second_person_of_the_right_role(
    as_user: As, month: Month
) -> None:
    """The controller relies on it: no override by makers, by who approved, or without a reason."""
    path = "/tieout/api/readiness/UK01/release"
    body = {"period": PERIOD, "reason": WHY}
    nothing = as_user("finance_lead").post(path, body)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "conflict")
    assert nothing.json()["message"] == f"Nothing of UK01 {PERIOD} waits at the readiness gate."
    approve_waiting(month)
    for user in set(EVERYBODY) - SECOND:
        assert as_user(user).post(path, body).status_code == code(user, SECOND), user
    for wrong in ({"period": PERIOD, "reason": " "}, {"reason": WHY}, body | {"period": "October"}):
        assert as_user("finance_lead").post(path, wrong).status_code == 400, wrong
    own = as_user("controller").post(path, body)
    assert (own.status_code, own.json()["code"]) == (409, "conflict")
    assert own.json()["message"].startswith(f"controller approved {month.waiting};")
    good = as_user("finance_lead").post(path, body)
    assert good.json() == {"entity": "UK01", "period": PERIOD, "released": [month.waiting]}
    with reading(month.office) as work:
        acts = [row for row in work.rows("setup", "audit_events") if "readiness" in row["verb"]]
    assert [(row["actor"], row["object_key"], row["reason"]) for row in acts] == [
        ("finance_lead", month.waiting, WHY)
    ]


def test_a_run_that_is_late_is_answered_by_operations_and_seen_in_the_proof(
    as_user: As,
) -> None:
    """The controller relies on it: who said so stands beside it when the month is judged."""
    path = "/tieout/api/expectations"
    for user in set(EVERYBODY) - ANSWERERS:
        assert as_user(user).post(path, EXPECTED).status_code == code(user, ANSWERERS), user
    assert as_user(ONE_ENTITY).post(path, EXPECTED).status_code == 403
    browser = as_user("finance_ops")
    for wrong in ({"state": "arrived"}, {"reason": " "}, {"period": "2026"}, {"more": "1"}):
        assert browser.post(path, EXPECTED | wrong).status_code == 400, wrong
    stranger = browser.post(path, EXPECTED | {"provider": "de-datev"})
    assert stranger.status_code == 400
    assert stranger.json()["message"] == "de-datev is not expected to pay JP01."
    arrived = browser.post(path, EXPECTED | {"entity": "DE01", "provider": "de-datev"})
    assert (arrived.status_code, arrived.json()["code"]) == (409, "conflict")
    assert arrived.json()["message"] == f"The run of de-datev for DE01 {PERIOD} has arrived."
    said = browser.post(path, EXPECTED)
    assert said.json() == {"entity": "JP01", "provider": "jp-delimited", "state": "late"}
    proof = as_user("auditor").get(f"/tieout/api/proof?period={PERIOD}").json()
    told = {row["entity"]: row["certificate"]["expected"] for row in proof["entities"]}
    assert told["JP01"] == [
        {"provider": "jp-delimited", "state": "late", "reason": EXPECTED["reason"],
         "by": "finance_ops"}
    ]  # fmt: skip


def test_the_proof_of_a_period_is_for_finance_and_audit_within_their_entities(
    as_user: As, month: Month
) -> None:
    """The auditor relies on it: equations, kept certificate and clearing in one answer."""
    path = f"/tieout/api/proof?period={PERIOD}"
    for user in EVERYBODY:
        assert as_user(user).get(path).status_code == code(user, set(READERS)), user
    own = as_user(ONE_ENTITY).get(path).json()
    assert [row["entity"] for row in own["entities"]] == ["DE01"]
    (entity,) = own["entities"]
    certificate = entity["certificate"]
    # The certificate that DE01's approver saw is kept, and nothing changed since.
    assert certificate["kept"]["hash"] == certificate["hash"]
    (flow,) = [each for each in certificate["flows"] if each["kind"] == "payroll"]
    assert (flow["currency"], flow["came_in"]["lines"]) == ("EUR", 6)
    assert (flow["built"]["lines"], flow["held"]["lines"]) == (4, 2)
    assert month.waiting not in str(own)
