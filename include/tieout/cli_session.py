"""A signed-in session for commands: a token of Airflow's own login, kept 0600."""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import httpx

from tieout.errors import NotAllowedError, TieoutError
from tieout.settings.environment import airflow_base_url, settings

POLL_SECONDS: Final = 1.0


@contextmanager
def _out_of_reach_told() -> Iterator[None]:
    """A server that does not answer is a sentence with its cure."""
    try:
        yield
    except httpx.TransportError as error:
        raise TieoutError(
            f"Airflow does not answer at {airflow_base_url()}.",
            code="server_unavailable",
            next_step="See `make status`; start it with `make up`.",
        ) from error


def sign_in(user: str, password: str) -> None:
    """Get a token and keep it for later commands.

    Raises:
        NotAllowedError: Airflow does not accept user and password.
    """
    address = f"{airflow_base_url()}/auth/token"
    with _out_of_reach_told():
        answer = httpx.post(address, json={"username": user, "password": password})
    if answer.status_code != httpx.codes.CREATED:
        raise NotAllowedError("Airflow did not accept user and password.")
    file = settings().home_folder / "session.json"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump({"user": user, "token": answer.json()["access_token"]}, stream)


def session() -> Session:
    """The kept session; raises NotAllowedError when nobody signed in."""
    file = settings().home_folder / "session.json"
    if not file.is_file():
        raise NotAllowedError("Nobody is signed in.", next_step="Run `tieout login USER`.")
    return Session(str(json.loads(file.read_text())["token"]))


class Session:
    """Calls Airflow and the cockpit as the signed-in user."""

    def __init__(self, token: str) -> None:
        self._client = httpx.Client(
            base_url=airflow_base_url(),
            headers={"Authorization": f"Bearer {token}"},
            timeout=60.0,
        )

    def get(self, path: str) -> Any:
        """The JSON of a path; a refusal is told in its own words."""
        with _out_of_reach_told():
            answer = self._client.get(path)
        return self._checked(answer)

    def post(self, path: str, given: Mapping[str, Any]) -> Any:
        """Act on a path; a refusal is told in its own words."""
        with _out_of_reach_told():
            answer = self._client.post(path, json=dict(given))
        return self._checked(answer)

    def _checked(self, answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json()
        try:
            told = answer.json()
        except ValueError:
            told = {}
        if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise NotAllowedError(
                str(told.get("message") or told.get("detail") or "You may not do this."),
                next_step=str(told.get("next_step") or "Sign in again with `tieout login USER`."),
            )
        message = told.get("message") or told.get("detail") or answer.status_code
        raise TieoutError(f"The server refused: {message}.")

    def waiting_approvals(self) -> list[Mapping[str, Any]]:
        """Approval tasks that wait for an answer."""
        found = self.get("/api/v2/dags/~/dagRuns/~/hitlDetails?response_received=false&limit=500")
        return [
            {
                "subject": item["subject"],
                "entity": str(item["subject"]).split(" ", 1)[0],
                "instance": item["task_instance"],
            }
            for item in found["hitl_details"]
        ]

    def answer(self, asked: Mapping[str, Any], reject: Sequence[str], comment: str) -> None:
        """Approve the list, less the rejected journals."""
        instance = asked["instance"]
        path = (
            f"/api/v2/dags/{instance['dag_id']}/dagRuns/{instance['dag_run_id']}"
            f"/taskInstances/{instance['task_id']}/{instance['map_index']}/hitlDetails"
        )
        given = {"reject": " ".join(reject), "comment": comment}
        with _out_of_reach_told():
            answer = self._client.patch(
                path, json={"chosen_options": ["Approve"], "params_input": given}
            )
        self._checked(answer)

    def run_dag(self, dag: str, period: str) -> str:
        """Start a run and wait for its end; its final state."""
        run_id = f"command:{period}:{uuid.uuid4().hex[:8]}"
        asked = {"dag_run_id": run_id, "logical_date": None, "conf": {"period": period}}
        with _out_of_reach_told():
            answer = self._client.post(f"/api/v2/dags/{dag}/dagRuns", json=asked)
        self._checked(answer)
        while True:
            state = str(self.get(f"/api/v2/dags/{dag}/dagRuns/{run_id}")["state"])
            if state in {"success", "failed"}:
                return state
            time.sleep(POLL_SECONDS)
