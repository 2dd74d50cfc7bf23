"""Puts the month together: people, expenses, the pay that repays them, each vendor's share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sandbox.company.concur import concur_seed
from sandbox.company.delimited import write_delimited
from sandbox.company.deliveries import Delivery, deliveries_of
from sandbox.company.expenses import ReportDraws
from sandbox.company.extf import write_extf
from sandbox.company.files import PayrollFile
from sandbox.company.netsuite_seed import netsuite_seed
from sandbox.company.payroll.germany import germany
from sandbox.company.payroll.japan import japan
from sandbox.company.payroll.lines import PayLine
from sandbox.company.payroll.sweden import sweden
from sandbox.company.payroll.united_kingdom import united_kingdom
from sandbox.company.payroll.united_states import united_states
from sandbox.company.people import Person, people_of
from sandbox.company.plan import EntityPlan, Plan, load_plan
from sandbox.company.reports import Report, refunds_of
from sandbox.company.sie import write_sie
from sandbox.company.troubles import Troubles, place_troubles
from sandbox.company.workday import Run, workday_seed

Payroll = Callable[[Sequence[Person], Mapping[str, tuple[int, int]], int], list[PayLine]]
Writer = Callable[[Plan, EntityPlan, Sequence[PayLine]], PayrollFile]

_PAYROLLS: Final[Mapping[str, Payroll]] = {
    "US01": united_states,
    "UK01": united_kingdom,
    "DE01": germany,
    "SE01": sweden,
    "JP01": japan,
}
_WRITERS: Final[Mapping[str, Writer]] = {
    "de-datev": write_extf,
    "se-sie": write_sie,
    "jp-delimited": write_delimited,
}


@dataclass(frozen=True, slots=True)
class Company:
    """The generated month of the whole group, by entity code."""

    plan: Plan
    seed: int
    troubles: Troubles
    people: Mapping[str, Sequence[Person]]
    reports: Mapping[str, Sequence[Report]]
    pay: Mapping[str, Sequence[PayLine]]
    files: Mapping[str, PayrollFile]

    def netsuite(self) -> dict[str, Any]:
        """NetSuite's tables."""
        return netsuite_seed(self.plan, self.people, self.troubles)

    def concur(self) -> dict[str, Any]:
        """Concur's documents, users and lists."""
        return concur_seed(self.plan, self.people, self.reports, self.seed)

    def workday(self) -> dict[str, Any]:
        """Workday's reports."""
        entities = self.plan.entities.values()
        runs = [Run(e, self.pay[e.code]) for e in entities if e.provider.startswith("workday")]
        return workday_seed(self.plan, self.people, runs, self.seed)

    def deliveries(self) -> list[Delivery]:
        """What the bureaus drop, in order."""
        return deliveries_of(self.files, self.troubles)

    def trouble_list(self) -> dict[str, dict[str, Any]]:
        """What was seeded, in the codes that a person would read on the screen."""
        plan, troubles = self.plan, self.troubles
        kind = plan.new_expense_types[troubles.new_type]
        names = {d.entity: d.name for d in self.deliveries() if d.delivery == "initial"}
        copies = {d.entity: d.name for d in self.deliveries() if d.delivery == "duplicate"}
        duplicate, mismatch = troubles.duplicate_entity, troubles.mismatch_entity
        late = plan.entities[troubles.late_entity]
        missed = next(r for r in self.reports[late.code] if r.approved_at > late.cutoff_at)
        return {
            "closed_cost_center": {
                "entity": troubles.closed_entity,
                "provider": plan.entities[troubles.closed_entity].provider,
                "code": f"CC{troubles.closed_cost_center}",
                "successor": f"CC{troubles.successor}",
            },
            "unmapped_expense_type": {
                "code": kind.code,
                "name": kind.name,
                "entity": troubles.new_type_entity,
                "account": kind.erp_account,
            },
            "duplicate_file": {
                "entity": duplicate,
                "provider": plan.entities[duplicate].provider,
                "names": [names[duplicate], copies[duplicate]],
            },
            "control_mismatch": {
                "entity": mismatch,
                "provider": plan.entities[mismatch].provider,
                "name": names[mismatch],
            },
            "late_approval": {
                "entity": late.code,
                "report_ref": missed.number,
                "approved_at": f"{missed.approved_at:%Y-%m-%dT%H:%M:%SZ}",
                "cutoff_at": late.cutoff_at.isoformat(),
            },
            "lost_answer": {"entity": troubles.lost_answer_entity},
            "hand_edit": {"entity": troubles.hand_edit_entity},
        }


def generate(seed: int) -> Company:
    """Generate the company of `seed`."""
    plan = load_plan()
    troubles = place_troubles(plan, seed)
    people = {code: people_of(plan, entity, seed) for code, entity in plan.entities.items()}
    reports = {
        code: ReportDraws(plan, entity, people[code], seed, troubles).reports()
        for code, entity in plan.entities.items()
    }
    pay = {
        code: _PAYROLLS[code](
            people[code],
            refunds_of(
                reports[code],
                entity.country,
                route=entity.refund_route,
                cutoff_at=entity.cutoff_at,
            ),
            seed,
        )
        for code, entity in plan.entities.items()
    }
    files = {
        code: _WRITERS[entity.provider](plan, entity, pay[code])
        for code, entity in plan.entities.items()
        if entity.provider in _WRITERS
    }
    return Company(plan, seed, troubles, people, reports, pay, files)
