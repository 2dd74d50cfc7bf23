"""Release what an exception held: someone says its cause is gone, the next run builds it again.

Releasing changes no number and closes nothing. The next run reads the cause anew: it closes the
exception when the cause is gone and opens it again when it is not.
"""

from __future__ import annotations

from tieout.errors import ConfigurationError, ConflictError
from tieout.warehouse import audit
from tieout.warehouse.store import Row
from tieout.workflows.exceptions import move_exception
from tieout.workflows.office import Office


def release(office: Office, exception_id: int, by: str, reason: str) -> Row:
    """Move an open exception through fixed to released; returns it as it stands after.

    Releasing a released one again answers the same and records nothing, so a repeated request is
    harmless.

    Raises:
        ConfigurationError: no reason was given.
        ConflictError: there is no such exception, or it is closed.
    """
    if not reason.strip():
        raise ConfigurationError("The release gives no reason.", next_step="Say what was done.")
    with office.warehouse.transaction() as work:
        row = work.row("exceptions", "exception_by_id", id=exception_id)
        if row is None:
            raise ConflictError(
                f"There is no exception {exception_id}.", next_step="Reload the list."
            )
        if row["state"] in {"closed", "waived"}:
            raise ConflictError(
                f"Exception {exception_id} is {row['state']} already: {row['closed_how']}.",
                next_step="Reload the list; nothing is held by it.",
            )
        if row["state"] == "released":
            return row
        at = office.now()
        if row["state"] != "fixed":
            move_exception(work, row, "fixed", by, at, reason)
        move_exception(work, row, "released", by, at, reason)
        act = audit.Act(
            by, "released", "open_exception", str(exception_id), reason,
            {"code": row["code"], "entity": row["entity"], "cause": row["cause_key"]},
        )  # fmt: skip
        audit.record(work, act, at)
        return row
