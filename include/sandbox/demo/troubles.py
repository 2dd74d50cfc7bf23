"""What was seeded to go wrong in the generated month, and where."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Troubles:
    """The seven troubles, in the vendors' words.

    Attributes:
        closed_entity: whose cost center the ERP has closed.
        closed_cost_center, successor: ERP codes.
        new_type, new_type_name, new_type_account: an expense type without a rule, and the ERP
            account that finance will choose.
        duplicate_name: the name under which a payroll file came a second time.
        mismatch_entity, mismatch_name: whose payroll file does not add up.
        late_report: the expense report that was approved after the cutoff.
        lost_answer_entity: whose ERP answer is lost after the ERP took the journal.
        hand_edit_entity: in whose posted journal the ERP's clerk changes a line.
    """

    closed_entity: str
    closed_cost_center: str
    successor: str
    new_type: str
    new_type_name: str
    new_type_entity: str
    new_type_account: str
    duplicate_entity: str
    duplicate_name: str
    mismatch_entity: str
    mismatch_name: str
    late_entity: str
    late_report: str
    lost_answer_entity: str
    hand_edit_entity: str


def read_troubles(home: Path) -> Troubles:
    """The troubles of the company that was generated below `home`."""
    path = home / "sandbox" / "seed" / "troubles.json"
    stated: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    closed, new_type = stated["closed_cost_center"], stated["unmapped_expense_type"]
    mismatch, late = stated["control_mismatch"], stated["late_approval"]
    return Troubles(
        closed_entity=closed["entity"],
        closed_cost_center=closed["code"],
        successor=closed["successor"],
        new_type=new_type["code"],
        new_type_name=new_type["name"],
        new_type_entity=new_type["entity"],
        new_type_account=new_type["account"],
        duplicate_entity=stated["duplicate_file"]["entity"],
        duplicate_name=stated["duplicate_file"]["names"][1],
        mismatch_entity=mismatch["entity"],
        mismatch_name=mismatch["name"],
        late_entity=late["entity"],
        late_report=late["report_ref"],
        lost_answer_entity=stated["lost_answer"]["entity"],
        hand_edit_entity=stated["hand_edit"]["entity"],
    )


def lines_delivered(home: Path) -> dict[str, int]:
    """Name of each payroll file in the drop folder → lines that its provider says it has.

    The provider counted the file as it made it, so a file that was cut says more than it has.
    """
    path = home / "sandbox" / "seed" / "deliveries.json"
    listed: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return {str(each["name"]): int(each["manifest"]["line_count"]) for each in listed}
