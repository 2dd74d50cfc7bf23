"""The columns of each canonical frame as an adapter delivers them: text, canonical syntax.

Empty string means missing. Amounts are decimal text with a point; dates ISO; flags `yes`/`no`.
`line_no` (1…n in the document, one per accounting leg) and `file_line` (where it stands physically)
are integers. Typing is the validate stage's work, so that what can't be cast is reported with
document, line and field. What each column means stands in `tieout.contracts.row_fields`.
"""

from __future__ import annotations

from typing import Final

from tieout.contracts.row_fields import CONTRACTS

#: Integer columns every row frame starts with.
ROW_KEYS: Final = ("line_no", "file_line")

FRAMES: Final = {name: contract.names() for name, contract in CONTRACTS.items()}

#: A pay line: component-coded (component_code) or account-coded (voucher_key, source_account).
PAY_LINE: Final = FRAMES["pay_line"]
#: One accounting part of an approved expense: cost, tax_reclaimable, tax_cost, advance, personal.
EXPENSE_LINE: Final = FRAMES["expense_line"]
#: An active or former employee as HR knows them; no pay, no name.
EMPLOYEE: Final = FRAMES["employee"]
