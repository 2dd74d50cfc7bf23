"""The catalogue of findings and exceptions: the words finance reads on pages, mails and in the API.

Each code has a title (what is wrong with which thing), what it blocks, the next step, and the role
whose step it is. Values stand in braces. A text is written once, here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tieout.errors import Finding, Place, Severity


@dataclass(frozen=True, slots=True)
class Words:
    """The four parts of a code."""

    title: str
    blocks: str
    next_step: str
    owner: str
    severity: Severity = Severity.CRITICAL
    waivable: bool = True


def _w(
    title: str,
    blocks: str,
    next_step: str,
    owner: str,
    *,
    warn: bool = False,
    waivable: bool = True,
) -> Words:
    severity = Severity.WARNING if warn else Severity.CRITICAL
    return Words(title, blocks, next_step, owner, severity, waivable)


OPS, LEAD, CTRL, PLAT = "finance_ops", "finance_lead", "controller", "platform"

CATALOGUE: Final[Mapping[str, Words]] = {
    "document_missing": _w(
        "{provider} file for {entity} {period} has not arrived",
        "run",
        "Ask the provider, or mark it late.",
        OPS,
    ),
    "source_unreachable": _w(
        "{provider} can't be reached: {reason}",
        "its documents",
        "Nothing to do; the next sweep tries again.",
        PLAT,
    ),
    "document_duplicate": _w(
        "{name} is the same file again; equal bytes to {first}",
        "nothing",
        "Nothing to do.",
        OPS,
        warn=True,
    ),
    "document_redelivered": _w(
        "Corrected file for {run} arrived",
        "nothing",
        "Nothing to do; the corrected file takes the place of the first.",
        OPS,
        warn=True,
    ),
    "document_unreadable": _w(
        "{name} can't be read: {reason}", "run", "Ask the provider for the file again.", OPS
    ),
    "control_total_mismatch": _w(
        "File does not add up: stated {stated}, read {read}",
        "run",
        "Ask the provider for the full file.",
        OPS,
        waivable=False,
    ),
    "control_total_derived": _w(
        "{provider} states no total; we counted {read}",
        "sign-off",
        "Give a reason.",
        CTRL,
        warn=True,
    ),
    "contract_drift": _w(
        "{provider} changed its format: {column} is new or gone",
        "run if the column is required",
        "Accept the new version of the format.",
        LEAD,
    ),
    "value_unreadable": _w(
        "Line {line}: {field} is not a {type}; found {found}",
        "its group",
        "Correct it at its source.",
        OPS,
    ),
    "currency_unknown": _w(
        "{currency} is not a currency of ISO 4217", "its group", "Correct it at its source.", OPS
    ),
    "status_unknown": _w(
        "{system} sent an unknown state: {found}", "run or report", "Map the state.", LEAD
    ),
    "cost_center_unmapped": _w(
        "Cost center {code} has no place in the ERP",
        "{count} lines of {entity}",
        "Choose its ERP cost center.",
        OPS,
    ),
    "cost_center_closed": _w(
        "Cost center {code} is closed in the ERP and has no successor",
        "{count} lines of {entity}",
        "Name the successor.",
        LEAD,
    ),
    "project_unmapped": _w(
        "Project {code} has no place in the ERP",
        "{count} lines of {entity}",
        "Choose its ERP project.",
        OPS,
    ),
    "account_unmapped": _w(
        "{code} has no account in {entity}", "{count} lines of {entity}", "Choose its account.", OPS
    ),
    "account_closed": _w(
        "Account {code} is closed or unknown in the ERP",
        "{count} lines of {entity}",
        "Choose an open account.",
        LEAD,
    ),
    "dimension_missing": _w(
        "Account {code} needs a cost center; {count} lines of {entity} lack it",
        "{count} lines of {entity}",
        "Set the cost center at its source or a rule.",
        OPS,
    ),
    "mapping_conflict": _w(
        "Two rules fit {code} equally", "activation", "Narrow one of them.", LEAD
    ),
    "employee_unknown": _w(
        "{count} employees of {entity} are not in the HR data",
        "nothing yet",
        "Refresh HR data, or ask HR.",
        OPS,
        warn=True,
    ),
    "alignment_differs": _w(
        "HR and ERP disagree for {count} people",
        "auto-post",
        "Settle with the owner.",
        OPS,
        warn=True,
    ),
    "route_undecided": _w(
        "No rule routes {code} in {entity}", "{count} lines of {entity}", "Add a rule.", LEAD
    ),
    "tax_treatment_missing": _w(
        "No tax rule for {code} in {entity}", "{count} lines of {entity}", "Add a rule.", LEAD
    ),
    "cutoff_missed": _w(
        "{report} missed the cutoff {cutoff}; approved {approved}, the cost stays",
        "payment",
        "Nothing to do; it pays with the next run.",
        OPS,
        warn=True,
    ),
    "report_revised": _w(
        "{report} came again as revision {revision}",
        "report",
        "Compare with the first and release or refuse it.",
        LEAD,
    ),
    "journal_unbalanced": _w(
        "{run}: debit {debit}, credit {credit}; no plug made",
        "journal",
        "Look at the lines of the run.",
        PLAT,
        waivable=False,
    ),
    "expectation_failed": _w(
        "{expectation} does not hold for {run}: {found}",
        "run",
        "Compare with the provider.",
        OPS,
        waivable=False,
    ),
    "approval_void": _w(
        "Approval of {journal} no longer holds: {what}", "posting", "Approve what changed.", CTRL
    ),
    "no_approver": _w(
        "All allowed approvers of {entity} helped to make its journals",
        "posting",
        "Name another approver.",
        CTRL,
        waivable=False,
    ),
    "journal_rejected": _w(
        "{journal} was rejected by its approver", "posting", "Correct its cause and rebuild.", OPS
    ),
    "period_closed": _w(
        "ERP period {period} is closed",
        "posting",
        "Reopen it, or use the late rule.",
        CTRL,
        waivable=False,
    ),
    "date_outside_period": _w(
        "{date} lies outside ERP period {period}", "posting", "Check the calendar.", LEAD
    ),
    "posting_unclear": _w(
        "No answer for {journal} since {at}; looking up, not resending",
        "journal",
        "Wait; it is resolved by reading the ledger.",
        OPS,
        waivable=False,
    ),
    "same_id_other_content": _w(
        "ERP holds other content under {journal}",
        "journal",
        "Compare both.",
        CTRL,
        waivable=False,
    ),
    "erp_value_refused": _w(
        "The ERP does not accept {found}", "journal", "Choose an active value.", OPS
    ),
    "erp_wrong_subsidiary": _w(
        "{found} is not allowed in this subsidiary", "journal", "Allow it, or map it anew.", LEAD
    ),
    "erp_field_missing": _w("The ERP wants {found}", "journal", "Set a rule.", LEAD),
    "erp_no_right": _w(
        "Our ERP role may not do this: {found}", "entity's posting", "Grant the right.", PLAT
    ),
    "erp_login": _w(
        "The ERP refused our sign-in", "all posting", "Renew the key of the connection.", PLAT
    ),
    "erp_busy": _w(
        "The ERP is busy or out of reach",
        "nothing yet",
        "Nothing to do; it is tried again.",
        PLAT,
        warn=True,
    ),
    "erp_awaits_approval": _w(
        "{journal} is in the ERP and waits for approval there", "tie-out", "Approve it there.", CTRL
    ),
    "concur_recalled": _w(
        "{report} was recalled before we took it", "nothing", "Nothing to do.", OPS, warn=True
    ),
    "concur_recalled_late": _w(
        "{report} was recalled after posting", "tie-out", "Approve its reversal.", CTRL
    ),
    "concur_taken_elsewhere": _w(
        "Another client acknowledged {report}", "report", "Find the second feed.", PLAT
    ),
    "concur_notice_refused": _w(
        "The expense platform refused our notice for {report}; the booking stands",
        "the platform's status",
        "Send it again.",
        OPS,
        warn=True,
    ),
    "tie_out_difference": _w(
        "{class}: source {source}, journal {journal}, ledger {ledger} differ",
        "sign-off",
        "Look at the candidates.",
        OPS,
        waivable=False,
    ),
    "ledger_drift": _w(
        "{journal} was changed in the ERP: {found}",
        "sign-off",
        "Restore it there, or book a correction.",
        CTRL,
        waivable=False,
    ),
    "foreign_journal": _w(
        "{journal} was booked by hand on an account of ours", "sign-off", "Class it.", OPS
    ),
    "clearing_unexplained": _w(
        "Reimbursements in {run} exceed what was handed over by {difference}",
        "run",
        "Compare the batch with the pay run.",
        OPS,
        waivable=False,
    ),
    "mail_refused": _w(
        "Mail {message} was refused: {found}", "nothing", "Correct the address.", PLAT, warn=True
    ),
}


class _Kept(dict[str, object]):
    """Leaves an unnamed value as an ellipsis instead of failing while telling what is wrong."""

    def __missing__(self, key: str) -> str:
        return "…"


def finding(
    code: str,
    /,
    *,
    where: Place | None = None,
    found: str = "",
    blocks: str | None = None,
    lines: tuple[int, ...] = (),
    severity: Severity | None = None,
    values: Mapping[str, object] | None = None,
    **more: object,
) -> Finding:
    """Say `code` with its values; see `CATALOGUE` for the texts.

    Values whose name is a word of Python (`class`) come in `values`, the others by name.
    """
    words = CATALOGUE[code]
    filled = _Kept({**(values or {}), **more})
    filled.setdefault("found", found)
    return Finding(
        code=code,
        message=words.title.format_map(filled),
        where=where or Place(),
        found=found,
        blocks=words.blocks.format_map(filled) if blocks is None else blocks,
        next_step=words.next_step.format_map(filled),
        severity=severity or words.severity,
        lines=lines,
    )
