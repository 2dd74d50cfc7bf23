"""The worked example of the canonical model: run R-88 of DE01, 2026-10, two cost centers."""

from __future__ import annotations

from functools import cache

from tests.builders.core import built, only_journal
from tests.builders.pay_runs import PayRun, a_pay_run
from tests.builders.rules import Rules, some_rules
from tieout.finance.journals import Journal

WAGES, BENEFIT, EMPLOYER_SOCIAL = "6000", "6050", "6100"
CLEARING, TAX, SOCIAL, NET, OFFSET = "7310", "7400", "7420", "7490", "7495"

#: account, cost center, minor units: the table of the model, line for line.
TABLE = [
    (WAGES, "CC410", 60_000_00),
    (WAGES, "CC420", 40_000_00),
    (EMPLOYER_SOCIAL, "CC410", 12_315_00),
    (EMPLOYER_SOCIAL, "CC420", 8_210_00),
    (CLEARING, "", 1_234_56),
    (TAX, "", -21_000_00),
    (SOCIAL, "", -40_675_00),
    (NET, "", -60_084_56),
]


def example_rules() -> Rules:
    """What finance decided for the components of the example."""
    return (
        some_rules()
        .account("GROSS", debit=WAGES, component_class="wages", by="cost_center")
        .account("EMPLOYEE_TAX", credit=TAX)
        .account("EMPLOYEE_SOCIAL", credit=SOCIAL)
        .account("EMPLOYER_SOCIAL", debit=EMPLOYER_SOCIAL, credit=SOCIAL, by="cost_center")
        .account("REIMBURSEMENT", debit=CLEARING)
        .account("REIMBURSEMENT_TAXED", debit=CLEARING)
        .account("BENEFIT", debit=BENEFIT, credit=OFFSET, by="cost_center")
        .account("GROSS_FOR_TAX", component_class="information")
        .account("NET_PAY", credit=NET)
        .cost_center("410", "CC410")
        .cost_center("420", "CC420")
    )


def example_run(
    *, taxable: str = "0.00", benefit: str = "0.00", wages_410: str = "60000.00"
) -> PayRun:
    """The register of R-88.

    A taxable reimbursement is part of the register's gross, so wages are that much less; a benefit
    in kind raises the gross used for tax and is not paid.
    """
    run = (
        a_pay_run("DE01", "2026-10")
        .component("GROSS", wages_410, cost_center="410")
        .component("GROSS", "40000.00", cost_center="420")
        .component("EMPLOYEE_TAX", "21000.00")
        .component("EMPLOYEE_SOCIAL", "20150.00")
        .component("EMPLOYER_SOCIAL", "12315.00", cost_center="410")
        .component("EMPLOYER_SOCIAL", "8210.00", cost_center="420")
        .component("REIMBURSEMENT", "1234.56")
        .component("NET_PAY", "60084.56")
    )
    if taxable != "0.00":
        run.component("REIMBURSEMENT_TAXED", taxable)
    if benefit != "0.00":
        run.component("BENEFIT", benefit, cost_center="410")
    return run


@cache
def example_journal() -> Journal:
    """The journal of the example without variants; it is a value, so once is enough."""
    return only_journal(built(example_run(), example_rules()))


def face(journal: Journal) -> list[tuple[str, str, int]]:
    """Account, cost center and amount of each line, in order."""
    return [(line.account, line.cost_center, line.amount_minor) for line in journal.lines]
