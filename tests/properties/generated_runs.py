"""Arbitrary pay runs: balanced pay with anything that may be wrong with it."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.builders.pay_runs import PayRun, a_pay_run
from tests.builders.rules import Rules, some_rules
from tieout.contracts.staged import ReferenceView

#: Every way a cost center can be: mapped, split, succeeded, closed, unmapped, half mapped, missing.
SOUND_CENTERS = ("410", "460", "430")
CENTERS = (*SOUND_CENTERS, "440", "OLD", "470", "")
EMPLOYEES = ("E-1", "E-2", "E-3", "")
STRANGE_AMOUNTS = ("", "x", "1,00", "0.001", "0.00", "-0.01", "0.01", "99999999999999.99")


def rules() -> Rules:
    """What finance decided for the components of generated runs."""
    return (
        some_rules()
        .account("GROSS", debit="6000", component_class="wages", by="cost_center")
        .account("SOCIAL", debit="6100", credit="7420", by="cost_center")
        .account("TAX", credit="7400")
        .account("NET", credit="7490")
        .account("REIMBURSEMENT", debit="7310")
        .account("YTD", component_class="information")
        .account("OLD_CODE", debit="6999")
        .account("6020", debit="6000", coding="source_account", by="cost_center")
        .account("3720", debit="7490", coding="source_account")
        .cost_center("410", "CC410")
        .cost_center("460", "CC410", "33.33")
        .cost_center("460", "CC420", "33.33")
        .cost_center("460", "CC430", "33.34")
        .cost_center("430", "CC430")
        .cost_center("440", "CC440")
        .cost_center("470", "CC410", "50")
        .successor("CC430", "CC431")
    )


def reference() -> ReferenceView:
    """Two cost centers and an account are closed; one has a successor."""
    return rules().reference(closed=["CC430", "CC440", "6999"])


def _money(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"


@st.composite
def pay_runs(draw: st.DrawFn) -> list[PayRun]:
    """One or two documents of a unit; every other one has nothing wrong with it."""
    sound = draw(st.booleans())
    runs = [a_pay_run(name=f"run-{n}") for n in range(draw(st.integers(1, 2)))]
    for run in runs:
        for _ in range(draw(st.integers(0, 6))):
            _add(draw, run, sound=sound)
        if not len(run.read().frame):
            run.component("YTD", "1.00")
    return runs


def _add(draw: st.DrawFn, run: PayRun, *, sound: bool) -> None:
    kinds = ["pay", "pay", "voucher", "social", "information"]
    what = draw(st.sampled_from(kinds if sound else [*kinds, "stray", "strange"]))
    center = draw(st.sampled_from(SOUND_CENTERS if sound else CENTERS))
    employee = draw(st.sampled_from(EMPLOYEES))
    amount = draw(st.integers(-5_000_00, 9_000_00))
    match what:
        case "pay":
            tax, refund = draw(st.integers(0, 3_000_00)), draw(st.integers(0, 200_00))
            run.component("GROSS", _money(amount), cost_center=center, employee=employee)
            run.component("TAX", _money(tax), employee=employee)
            run.component("REIMBURSEMENT", _money(refund), employee=employee)
            run.component("NET", _money(amount - tax + refund), employee=employee)
        case "voucher":
            key = draw(st.sampled_from(["V1", "V2"]))
            run.voucher_line(key, "6020", _money(amount), cost_center=center)
            run.voucher_line(key, "3720", _money(-amount))
        case "social":
            run.component("SOCIAL", _money(amount), cost_center=center, employee=employee)
        case "information":
            run.component("YTD", _money(amount), employee=employee)
        case "stray":
            code = draw(st.sampled_from(["NEW", "OLD_CODE", "TAX"]))
            run.component(code, _money(amount), employee=employee)
        case _:
            text = draw(st.sampled_from(STRANGE_AMOUNTS))
            currency = draw(st.sampled_from(["EUR", "EUR", "USD", "XXX"]))
            run.component("TAX", text, employee=employee, currency=currency)
