"""A violated promise of the store, told in finance's words; never a driver's text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import psycopg
import sqlalchemy.exc

from tieout.errors import BusyError, ConflictError, IllegalTransitionError, TieoutError

#: Constraint name → (what is wrong, what to do). `{detail}` is the store's own short message.
SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "journal_is_balanced": ("{detail}; it was not stored.", "Look at its lines and sources."),
    "journal_content_is_immutable": ("{detail}.", "Correct by reverse and rebook."),
    "certificate_equals_document": (
        "The certificate does not cover its document: {detail}.",
        "Build the unit again; if it repeats, ask the platform owner.",
    ),
    "certificate_counts_add_up": (
        "Built, held, excluded and carried lines do not add up to the lines that came in.",
        "Build the unit again; if it repeats, ask the platform owner.",
    ),
    "approval_is_by_a_checker_of_this_content": (
        "{detail}; a maker may not approve, and an approval holds only for what was seen.",
        "Ask another controller, or reload and look again.",
    ),
    "readiness_release_is_by_a_second_person": (
        "{detail}; its release needs a second person.",
        "Ask somebody who neither made nor approved it.",
    ),
    "readiness_release_once": ("It was released already.", "Nothing to do."),
    "alignment_counts_everybody_once": (
        "The alignment does not count everybody exactly once.",
        "Read the master data again; if it repeats, ask the platform owner.",
    ),
    "alignment_holds_everybody_once": (
        "The alignment does not hold everybody exactly once: {detail}.",
        "Read the master data again; if it repeats, ask the platform owner.",
    ),
    "approval_once": ("This answer was already recorded.", "Nothing to do."),
    "mapping_row_needs_another_person": (
        "The author of a mapping may not decide on it.",
        "Ask another person.",
    ),
    "mapping_row_active_once": (
        "Another version of this mapping is active already.",
        "Reload and propose on top of it.",
    ),
    "posting_attempt_in_flight": (
        "An attempt to post this journal is already in the air.",
        "Wait until its outcome is known.",
    ),
    "journal_journal_key_key": (
        "A journal with this business key exists already.",
        "Reload; it was built by another run.",
    ),
    "journal_pkey": ("A journal with this external id exists already.", "Reload."),
    "state_change_is_append_only": ("History is never changed.", "Record a new step instead."),
    "audit_event_is_append_only": ("The audit log is never changed.", "Record a new event."),
}


@contextmanager
def told_in_our_words() -> Iterator[None]:
    """Turn driver errors into domain errors."""
    try:
        yield
    except sqlalchemy.exc.DBAPIError as error:
        cause = error.orig if isinstance(error.orig, psycopg.Error) else None
        raise _translate(cause) from error
    except psycopg.Error as error:
        raise _translate(error) from error


def _translate(error: psycopg.Error | None) -> TieoutError:
    if error is None:
        return TieoutError("The store did not answer as expected.", code="store_unavailable")
    detail = error.diag.message_primary or ""
    name = error.diag.constraint_name or ""
    if name == "state_change_is_legal":
        return IllegalTransitionError(f"{detail or 'This step is not allowed'}.")
    if name in SENTENCES:
        message, next_step = SENTENCES[name]
        return ConflictError(message.format(detail=detail), next_step=next_step)
    if isinstance(error, psycopg.errors.IntegrityError):
        return ConflictError(
            f"The store refused the change: rule {name or 'unnamed'} would break.",
            next_step="Reload; if it repeats, ask the platform owner.",
        )
    if isinstance(error, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected):
        return BusyError("Two changes met; one of them must be tried again.")
    if isinstance(error, psycopg.OperationalError):
        return TieoutError(
            "The warehouse is out of reach.",
            code="store_unavailable",
            next_step="See `make status`; start it with `make up`.",
        )
    return TieoutError(f"The store refused a statement ({error.sqlstate}).", code="store_refused")
