"""What is wrong with what arrived: documents, their totals, their rows, the people in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.finance.catalogue.entries import CTRL, LEAD, OPS, PLAT, Words, said

ARRIVALS: Final[Mapping[str, Words]] = {
    "document_missing": said(
        "{provider} file for {entity} {period} has not arrived",
        "run",
        "Ask the provider, or mark it late.",
        OPS,
    ),
    "source_unreachable": said(
        "{provider} can't be reached: {reason}",
        "its documents",
        "Nothing to do; the next sweep tries again.",
        PLAT,
    ),
    "document_duplicate": said(
        "{name} is the same file again; equal bytes to {first}",
        "nothing",
        "Nothing to do.",
        OPS,
        warn=True,
    ),
    "document_redelivered": said(
        "Corrected file for {run} arrived",
        "nothing",
        "Nothing to do; the corrected file takes the place of the first.",
        OPS,
        warn=True,
    ),
    "document_unreadable": said(
        "{name} can't be read: {reason}", "run", "Ask the provider for the file again.", OPS
    ),
    "control_total_mismatch": said(
        "File does not add up: stated {stated}, read {read}",
        "run",
        "Ask the provider for the full file.",
        OPS,
        waivable=False,
    ),
    "control_total_derived": said(
        "{provider} states no total; we counted {read}",
        "sign-off",
        "Give a reason.",
        CTRL,
        warn=True,
    ),
    "contract_drift": said(
        "{provider} changed its format: {column} is new or gone",
        "run if the column is required",
        "Accept the new version of the format.",
        LEAD,
    ),
    "contract_version_ending": said(
        "{provider} still delivers {version}, which is taken until {sunset}",
        "nothing yet",
        "Move it to one of the versions that stay: {offered}.",
        LEAD,
        warn=True,
    ),
    "contract_version_over": said(
        "{provider} delivers {version}, which was taken until {sunset}",
        "run",
        "Have it delivered by one of the versions that are taken: {offered}.",
        LEAD,
        waivable=False,
    ),
    "contract_version_unknown": said(
        "{provider} states {version}, which was never published",
        "run",
        "State one of the versions that are taken: {offered}.",
        LEAD,
        waivable=False,
    ),
    "value_unreadable": said(
        "Line {line}: {field} is not a {type}; found {found}",
        "its group",
        "Correct it at its source.",
        OPS,
    ),
    "employee_unsound": said(
        "HR's {name}, line {line}: {rules}",
        "news of this employee; what was known before stays",
        "Correct it in HR; the next reading takes it.",
        OPS,
    ),
    "currency_unknown": said(
        "{currency} is not a currency of ISO 4217", "its group", "Correct it at its source.", OPS
    ),
    "status_unknown": said(
        "{system} sent an unknown state: {found}", "run or report", "Map the state.", LEAD
    ),
    "expectation_failed": said(
        "{expectation} does not hold for {run}: {found}",
        "run",
        "Compare with the provider.",
        OPS,
        waivable=False,
    ),
    "report_revised": said(
        "{report} came again as revision {revision}",
        "report",
        "Compare with the first and release or refuse it.",
        LEAD,
    ),
    "concur_recalled": said(
        "{report} was recalled before we took it", "nothing", "Nothing to do.", OPS, warn=True
    ),
    "concur_recalled_late": said(
        "{report} was recalled after posting", "tie-out", "Approve its reversal.", CTRL
    ),
    "concur_taken_elsewhere": said(
        "Another client acknowledged {report}", "report", "Find the second feed.", PLAT
    ),
    "concur_notice_refused": said(
        "The expense platform refused our notice for {report}; the booking stands",
        "the platform's status",
        "Send it again.",
        OPS,
        warn=True,
    ),
    "mail_refused": said(
        "Mail {message} was refused: {found}", "nothing", "Correct the address.", PLAT, warn=True
    ),
}
