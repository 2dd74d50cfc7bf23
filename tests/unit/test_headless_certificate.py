"""The certificate of a build without a store: no line is lost, doubled, moved or altered unseen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.builders.pay_runs import sha256_of
from tieout.finance.certificates import Sums
from tieout.finance.documents import ControlOrigin, ControlTotals, DocumentRef, SourceDocument
from tieout.stages.build.build import DISPOSED
from tieout.workflows.headless_certificate import Certificate, certify, look_up

SHA = sha256_of("run-88")
DOCUMENT = replace(
    SourceDocument.of(
        DocumentRef("de-datev", "run-88", ""), b"", "text/plain", datetime(2026, 11, 2, tzinfo=UTC)
    ),
    sha256=SHA,
)
CONTROL = ControlTotals(ControlOrigin.MANIFEST, "EUR", 4, 3000, 500)


def typed(*amounts: int) -> pl.DataFrame:
    """Validated rows of one document, in euro but for the last, which is in dollars."""
    currencies = ["EUR"] * (len(amounts) - 1) + ["USD"]
    return pl.DataFrame(
        {
            "document": [SHA] * len(amounts),
            "line_no": list(range(1, len(amounts) + 1)),
            "currency": currencies,
            "amount_minor": list(amounts),
        }
    )


def ended(state: str, lines: Sequence[int], debit: int, credit: int) -> pl.DataFrame:
    """Lines of the document that ended alike."""
    built = "DE01-PAY-202610-A" if state == "built" else ""
    row = (SHA, state, "" if built else "a|b", built, list(lines), debit, credit)
    return pl.DataFrame([row], schema=DISPOSED, orient="row")


BUILT = ended("built", [1, 2], 1000, 500)
HELD = ended("held", [3, 4], 2000, 0)


def certified(disposed: Sequence[pl.DataFrame], *, read_count: int = 4) -> Certificate:
    """The certificate of rows of 10.00, -5.00, 15.00 EUR and 5.00 USD."""
    frame = typed(1000, -500, 1500, 500)
    found = look_up(frame, pl.concat(disposed))
    (one,) = certify("u", {SHA: (DOCUMENT, CONTROL, read_count)}, frame, found)
    return one


def test_lines_that_all_ended_once_are_certified_per_currency() -> None:
    """The auditor relies on it: in = built + held, in each currency, beside what was stated."""
    one = certified([BUILT, HELD])
    assert one.failures == ()
    assert one.as_stated is True
    assert one.came_in == {"EUR": Sums(3, 2500, 500), "USD": Sums(1, 500, 0)}
    assert one.ended["EUR"]["built"] == Sums(2, 1000, 500)
    assert one.ended["EUR"]["held"] == Sums(1, 1500, 0)
    assert one.ended["USD"]["held"] == Sums(1, 500, 0)
    assert one.ended["EUR"]["excluded"] == Sums()


MUTATIONS: dict[str, tuple[Callable[[], Certificate], str]] = {
    "dropped by build": (
        lambda: certified([BUILT, ended("held", [3], 1500, 0)]),
        "build left 1 lines without an end and ended 0",
    ),
    "doubled by build": (
        lambda: certified([BUILT, ended("held", [2, 3, 4], 2000, 500)]),
        "build ended 1 lines more than once",
    ),
    "invented by build": (
        lambda: certified([BUILT, ended("held", [3, 4, 5], 2000, 0)]),
        "ended 1 that never came",
    ),
    "altered by build": (
        lambda: certified([BUILT, ended("held", [3, 4], 2001, 0)]),
        "build counted 3001 and 500",
    ),
    "moved to the other side": (
        lambda: certified([ended("built", [1, 2], 500, 1000), HELD]),
        "build counted 2500 and 1000",
    ),
    "dropped by validate": (
        lambda: certified([BUILT, HELD], read_count=5),
        "extract read 5 lines, validate passed on 4",
    ),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_every_loss_fails_the_certificate_and_names_the_stage(mutation: str) -> None:
    """The auditor relies on it: a certificate that can't fail proves nothing."""
    make, said = MUTATIONS[mutation]
    failures = make().failures
    assert any(said in told for told in failures), failures


def test_a_document_that_misses_its_control_total_says_so() -> None:
    """finance_ops relies on it: complete in itself is not yet what the provider sent."""
    frame = typed(1000, -500, 1500)
    found = look_up(frame, ended("held", [1, 2, 3], 2500, 500))
    (one,) = certify("u", {SHA: (DOCUMENT, CONTROL, 3)}, frame, found)
    assert (one.failures, one.as_stated) == ((), False)


def test_what_we_counted_ourselves_proves_nothing() -> None:
    """The auditor relies on it: a derived total is never told as somebody's statement."""
    derived = replace(CONTROL, origin=ControlOrigin.DERIVED)
    assert replace(certified([BUILT, HELD]), control=derived).as_stated is None
