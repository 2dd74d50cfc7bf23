"""One posting attempt: look at the period, write once, say what is known.

Insert-only: never an upsert, a change or a deletion. A repeat of an upsert adds its lines to a
journal that is already in the books, and the doubled journal still balances.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tieout.adapters.netsuite.classifier import classify_failure
from tieout.adapters.netsuite.jobs import Jobs
from tieout.adapters.netsuite.payload import Target, journal_body
from tieout.adapters.netsuite.periods import period_to_post, read_periods
from tieout.adapters.netsuite.queries import Queries
from tieout.adapters.netsuite.reference_index import ReferenceIndex, Unresolved
from tieout.adapters.transport import (
    Answer,
    AnswerLostError,
    HttpClient,
    NotSentError,
    Request,
    SignInRefusedError,
    VendorBusyError,
)
from tieout.errors import BusyError, VendorRefusedError, VendorUnavailableError
from tieout.finance.journals import Journal
from tieout.finance.ledger import Accepted, Indeterminate, LedgerPeriod, Outcome, Posted, Refused

_PATH: Final = "/services/rest/record/v1/journalEntry"
#: Lines that a synchronous request may carry.
SYNCHRONOUS_LINES: Final = 1000


@dataclass(frozen=True, slots=True)
class EntityInLedger:
    """A legal entity in NetSuite: the subsidiary's internal id and its functional currency."""

    erp_id: str
    currency: str


class Poster:
    """Posts journals of the configured entities."""

    def __init__(
        self,
        client: HttpClient,
        queries: Queries,
        jobs: Jobs,
        entities: Mapping[str, EntityInLedger],
        most_lines: int,
    ) -> None:
        self._client = client
        self._queries = queries
        self._jobs = jobs
        self._entities = entities
        self._most_lines = most_lines

    def post(self, journal: Journal, index: ReferenceIndex) -> Outcome:
        """One attempt; a refusal before sending costs nothing and says the same as NetSuite's."""
        prepared = self._prepared(journal, index)
        if isinstance(prepared, Refused):
            return prepared
        return self._sent(journal, prepared)

    def refusal(self, journal: Journal, index: ReferenceIndex) -> Refused | None:
        """What `post` would refuse without sending; none when it would send."""
        prepared = self._prepared(journal, index)
        return prepared if isinstance(prepared, Refused) else None

    def _prepared(self, journal: Journal, index: ReferenceIndex) -> Request | Refused:
        entity = self._entities.get(journal.key.entity)
        if entity is None:
            return _refused(
                Unresolved("erp_wrong_subsidiary", f"{journal.key.entity} has no subsidiary")
            )
        if len(journal.lines) > self._most_lines:
            reason = f"{len(journal.lines)} lines, NetSuite takes {self._most_lines}"
            return _refused(Unresolved("erp_value_refused", reason))
        period = period_to_post(
            read_periods(self._queries), journal.key.period, journal.accounting_date
        )
        if not isinstance(period, LedgerPeriod):
            return _refused(period)
        body = journal_body(journal, Target(entity.erp_id, period), index)
        if isinstance(body, Unresolved):
            return _refused(body)
        return _request(journal, body)

    def _sent(self, journal: Journal, request: Request) -> Outcome:
        try:
            if len(journal.lines) > SYNCHRONOUS_LINES:
                answer = self._jobs.post(request, journal)
            else:
                answer = self._client.write(request)
        except (NotSentError, BusyError) as error:
            return Refused("erp_busy", error.message, permanent=False)
        except SignInRefusedError as error:
            return Refused("erp_login", error.message, permanent=True)
        except AnswerLostError as error:
            return Indeterminate(error.message)
        return answer if isinstance(answer, Indeterminate) else self._outcome(answer)

    def _outcome(self, answer: Answer) -> Outcome:
        if not answer.succeeded:
            return classify_failure(
                answer, self._client.redacted, under_load=self._client.pace.under_load
            )
        ref = _created(answer)
        if ref is None:
            return Indeterminate(f"NetSuite answered {answer.status} and named no journal")
        return self._state(ref)

    def _state(self, ref: str) -> Outcome:
        """Posted, or waiting for the ERP's own approval.

        When the state can't be read, the journal is nevertheless in the ledger: `Posted` says
        no more, and reading it back tells the rest.
        """
        try:
            rows = self._queries.all_rows("journal_state", ref)
        except (VendorUnavailableError, VendorRefusedError):
            return Posted(ref)
        waits = bool(rows) and rows[0].get("posting") != "T"
        return Accepted(ref) if waits else Posted(ref)


def refusal_before_sending(error: VendorUnavailableError | VendorRefusedError) -> Refused:
    """What a failed look at periods or master data means for the journal: nothing was sent."""
    if isinstance(error, VendorUnavailableError):
        after = error.retry_after_seconds if isinstance(error, VendorBusyError) else None
        return Refused("erp_busy", error.message, permanent=False, retry_after_seconds=after)
    code = error.code if error.code in {"erp_login", "erp_no_right"} else "erp_value_refused"
    return Refused(code, error.message, permanent=True)


def _refused(problem: Unresolved) -> Refused:
    return Refused(problem.code, problem.reason, permanent=True)


def _request(journal: Journal, body: dict[str, Any]) -> Request:
    return Request.with_json(
        "POST",
        _PATH,
        f"post {journal.external_id}",
        body,
        headers={
            # By default NetSuite drops a misspelt field and posts the rest.
            "X-NetSuite-PropertyNameValidation": "error",
            "X-NetSuite-PropertyValueValidation": "error",
        },
        correlation_id=journal.correlation_id,
    )


def _created(answer: Answer) -> str | None:
    """The internal id: the last part of `Location`, when it names a journal."""
    path = str(answer.headers.get("location", "")).partition("?")[0].rstrip("/")
    head, _, ref = path.rpartition("/")
    return ref if ref.isdigit() and head.lower().endswith("/journalentry") else None
