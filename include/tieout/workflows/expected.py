"""Expectations: which pay runs a period should bring, and what a person says of a missing one."""

from __future__ import annotations

from typing import Final

from tieout.errors import ConfigurationError, ConflictError
from tieout.finance.certificates import ExpectedRun
from tieout.finance.periods import calendar_month
from tieout.warehouse import audit
from tieout.warehouse.store import Work
from tieout.workflows.office import Office

#: What a person may say of a run that has not arrived.
ANSWERS: Final = ("late", "cancelled")


def expected_runs(office: Office, work: Work, entity: str, period: str) -> list[ExpectedRun]:
    """One entry per provider that pays the entity: arrived, late, cancelled or missing.

    What has arrived is no longer late or cancelled, whatever was said before.
    """
    told: dict[str, ExpectedRun] = {}
    for row in work.rows("certify", "expected_runs", entity=entity, period=period):
        known = told.get(row["provider"])
        if known is None or known.state != "arrived":
            told[row["provider"]] = ExpectedRun(
                row["provider"], row["state"], row["reason"], row["said_by"]
            )
    wanted = {
        code
        for code in office.unit_providers("payroll")
        if entity in office.company.provider(code).pays_for
    }
    missing = [ExpectedRun(code, "missing") for code in wanted - told.keys()]
    return sorted([*told.values(), *missing], key=lambda run: run.provider)


def answer_expectation(
    office: Office, entity: str, provider: str, period: str, state: str, reason: str, by: str
) -> None:
    """Record that an expected run is late, or that there will be none.

    Raises:
        ConfigurationError: nobody expects that run, or the answer is none.
        ConflictError: it has arrived.
    """
    calendar_month(period)
    office.company.entity(entity)
    if state not in ANSWERS:
        raise ConfigurationError(
            f"{state!r} is no answer.", next_step=f"Say one of: {', '.join(ANSWERS)}."
        )
    if not reason.strip():
        raise ConfigurationError("The reason is empty.", next_step="Say why.")
    with office.warehouse.transaction() as work:
        runs = {run.provider: run for run in expected_runs(office, work, entity, period)}
        if provider not in runs:
            raise ConfigurationError(
                f"{provider} is not expected to pay {entity}.",
                next_step="Name the entity in the provider's profile, or correct the code.",
            )
        if runs[provider].state == "arrived":
            raise ConflictError(
                f"The run of {provider} for {entity} {period} has arrived.",
                next_step="Reload; there is nothing to explain.",
            )
        work.run(
            "certify", "answer_expectation", entity=entity, provider=provider, period=period,
            state=state, reason=reason.strip(), said_by=by, at=office.now(),
        )  # fmt: skip
        audit.record(
            work,
            audit.Act(by, f"expected run {state}", "expectation",
                      f"{provider}|{entity}|{period}", reason.strip()),
            office.now(),
        )  # fmt: skip
