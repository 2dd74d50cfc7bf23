"""What keeps a journal from being built, approved or explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.finance.catalogue.entries import CTRL, OPS, PLAT, Words, said

JOURNALS: Final[Mapping[str, Words]] = {
    "journal_unbalanced": said(
        "{run}: debit {debit}, credit {credit}; no plug made",
        "journal",
        "Look at the lines of the run.",
        PLAT,
        waivable=False,
    ),
    "approval_void": said(
        "Approval of {journal} no longer holds: {what}", "posting", "Approve what changed.", CTRL
    ),
    "no_approver": said(
        "All allowed approvers of {entity} helped to make its journals",
        "posting",
        "Name another approver.",
        CTRL,
        waivable=False,
    ),
    "journal_rejected": said(
        "{journal} was rejected by its approver", "posting", "Correct its cause and rebuild.", OPS
    ),
    "clearing_unexplained": said(
        "Reimbursements in {run} exceed what was handed over by {difference}",
        "run",
        "Compare the batch with the pay run.",
        OPS,
        waivable=False,
    ),
}
