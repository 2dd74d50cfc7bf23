"""Airflow's human-in-the-loop task, bound to our approvals table.

The answer counts only as recorded there: marking the task successful records nothing, and posting
demands the record. Airflow keeps the first ask of a task instance for ever, so a changed list fails
here and asks in a new run; a standing approval of the same list succeeds without asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Param
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from tieout.errors import ConflictError
from tieout.orchestration import context as run

PARAMS = {
    "reject": Param(
        "",
        type="string",
        title="Journals to reject",
        description_md="External ids, separated by blanks; the others are approved.",
    ),
    "comment": Param("", type="string", title="Comment"),
}


class ApproveJournals(ApprovalOperator):
    """Ask an entity's controllers, less the makers, once for its list of journals."""

    template_fields = (*ApprovalOperator.template_fields, "entity")

    def __init__(self, *, entity: str, **kwargs: Any) -> None:
        super().__init__(subject="Approve journals", fail_on_reject=False, **kwargs)
        self.entity = entity

    def execute(self, context: Any) -> Any:
        """Park until a controller answers, unless nothing waits."""
        want = _wanted(self.entity)
        if want is None:
            return {"standing": True}
        if not want.approvers:
            raise AirflowFailException(
                f"All allowed approvers of {self.entity} helped to make its journals; "
                "name another approver."
            )
        if not _asked(want):
            raise AirflowFailException(
                f"The journals of {self.entity} changed since this task asked; "
                "start a new run, it asks for the new list."
            )
        count = len(want.journals)
        self.subject = f"{self.entity} {want.period}: {count} journal{'' if count == 1 else 's'}"
        self.body = want.body
        self.assigned_users = [{"id": user, "name": user} for user in want.approvers]
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        """Record the answer; refuse a stale one; skip posting after a rejection."""
        if "error" not in event:
            self._record(event)
        return super().execute_complete(context, event)

    def _record(self, event: dict[str, Any]) -> None:
        from tieout.workflows.approve import Answer, record_answer

        given = event.get("params_input") or {}
        user = event.get("responded_by_user") or {}
        answer = Answer(
            by=str(user.get("id") or user.get("name") or ""),
            approve=event.get("chosen_options") == [self.APPROVE],
            rejected=_words(given.get("reject")),
            comment=str(given.get("comment") or ""),
        )
        try:
            decided = record_answer(run.office(), run.request_key(), answer)
        except ConflictError as error:
            raise AirflowFailException(str(error)) from error
        if "approved" not in decided.values():
            raise AirflowSkipException(f"The journals of {self.entity} were rejected.")


def _words(text: object) -> Sequence[str]:
    return str(text or "").replace(",", " ").split()


def _wanted(entity: str) -> Any:
    from tieout.workflows.approve import wanted

    here = run.office()
    return wanted(here, entity, run.period(here).code)


def _asked(want: Any) -> bool:
    from tieout.workflows.approve import ask_once

    return ask_once(run.office(), run.request_key(), want)
