"""What the ERP refuses, leaves open, or holds otherwise than we posted it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tieout.finance.catalogue.entries import CTRL, LEAD, OPS, PLAT, Words, said

LEDGER: Final[Mapping[str, Words]] = {
    "period_closed": said(
        "ERP period {period} is closed",
        "posting",
        "Reopen it, or use the late rule.",
        CTRL,
        waivable=False,
    ),
    "date_outside_period": said(
        "{date} lies outside ERP period {period}", "posting", "Check the calendar.", LEAD
    ),
    "posting_unclear": said(
        "No answer for {journal} since {at}; looking up, not resending",
        "journal",
        "Wait; it is resolved by reading the ledger.",
        OPS,
        waivable=False,
    ),
    "same_id_other_content": said(
        "ERP holds other content under {journal}",
        "journal",
        "Compare both.",
        CTRL,
        waivable=False,
    ),
    "erp_value_refused": said(
        "The ERP does not accept {found}", "journal", "Choose an active value.", OPS
    ),
    "erp_wrong_subsidiary": said(
        "{found} is not allowed in this subsidiary", "journal", "Allow it, or map it anew.", LEAD
    ),
    "erp_field_missing": said("The ERP wants {found}", "journal", "Set a rule.", LEAD),
    "erp_no_right": said(
        "Our ERP role may not do this: {found}", "entity's posting", "Grant the right.", PLAT
    ),
    "erp_login": said(
        "The ERP refused our sign-in", "all posting", "Renew the key of the connection.", PLAT
    ),
    "erp_busy": said(
        "The ERP is busy or out of reach",
        "nothing yet",
        "Nothing to do; it is tried again.",
        PLAT,
        warn=True,
    ),
    "erp_awaits_approval": said(
        "{journal} is in the ERP and waits for approval there", "tie-out", "Approve it there.", CTRL
    ),
    "tie_out_difference": said(
        "{class}: source {source}, journal {journal}, ledger {ledger} differ",
        "sign-off",
        "Look at the candidates.",
        OPS,
        waivable=False,
    ),
    "ledger_drift": said(
        "{journal} was changed in the ERP: {found}",
        "sign-off",
        "Restore it there, or book a correction.",
        CTRL,
        waivable=False,
    ),
    "foreign_journal": said(
        "{journal} was booked by hand on an account of ours", "sign-off", "Class it.", OPS
    ),
}
