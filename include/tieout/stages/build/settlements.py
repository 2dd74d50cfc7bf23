"""build: exchange differences when a foreign liability is settled, and named rounding lines.

A liability in a foreign currency stands at the spot rate of its accounting date. What the bank took
in the functional currency differs; the difference is booked once, at settlement. Revaluation in
between is the ERP's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tieout.errors import TieoutError
from tieout.finance.journals import Journal, JournalLine
from tieout.finance.money import minor_digits, round_half_away, split_largest_remainder, to_text
from tieout.stages.build.build import BuiltJournal
from tieout.stages.build.entries import Entry, Heading, described, journal_of

#: The class of a rounding line, as tie-out compares it.
ROUNDING = "rounding_difference"


class RoundingAboveLimitError(TieoutError):
    """What exact arithmetic leaves over is larger than the entity's limit; nothing is booked."""

    code = "rounding_above_limit"


@dataclass(frozen=True, slots=True)
class ForeignLiability:
    """What is owed in a foreign currency and how it stands in the functional one.

    Both amounts are positive minor units of what is still open. `source` is where it comes from.
    """

    account: str
    open_minor: int
    functional_minor: int
    source: tuple[str, tuple[int, ...]] = ("", ())


@dataclass(frozen=True, slots=True)
class DifferenceAccounts:
    """Where exchange differences go; one account may be both."""

    loss: str
    gain: str


def settled_at(liability: ForeignLiability, settled_minor: int) -> int:
    """The functional amount at which a settled part of the liability stands.

    The last part takes what the earlier ones left, so that the parts sum to the whole.

    Raises:
        ValueError: nothing is settled, or more than is open.
    """
    if not 0 < settled_minor <= liability.open_minor:
        message = f"{settled_minor} can't be settled of {liability.open_minor}"
        raise ValueError(message)
    rest = liability.open_minor - settled_minor
    part, _ = split_largest_remainder(
        liability.functional_minor, [Decimal(settled_minor), Decimal(rest)]
    )
    return part


def exchange_difference(
    heading: Heading,
    liability: ForeignLiability,
    settled_minor: int,
    paid_functional_minor: int,
    accounts: DifferenceAccounts,
) -> BuiltJournal | None:
    """The journal that clears what the rate left on the liability; none when nothing is left.

    Args:
        heading: kind `fx_difference`, in the functional currency.
        liability: as it stood before the payment.
        settled_minor: how much of it the payment settled, in the foreign currency.
        paid_functional_minor: what the bank took in the functional currency.
        accounts: where the difference goes.
    """
    stood_at = settled_at(liability, settled_minor)
    loss = paid_functional_minor - stood_at
    if not loss:
        return None
    account = accounts.loss if loss > 0 else accounts.gain
    difference = Entry(account, loss, "fx_difference", source=liability.source)
    return journal_of(
        heading, [difference, difference.against(liability.account, "foreign_liability")]
    )


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a journal is reckoned in the functional currency.

    `rate` is units of the functional currency per 1 of the journal's; `basis` says its type, date
    and source. A rounding difference may reach `limit_minor` and stands on `rounding_account`.
    """

    currency: str
    rate: Decimal
    basis: str
    rounding_account: str
    limit_minor: int


def in_functional_currency(journal: Journal, conversion: Conversion) -> Journal:
    """The journal with a functional amount on every line, rounded half away from zero per line.

    What the rounding leaves over is one named line without an amount in the journal's currency.

    Raises:
        RoundingAboveLimitError: more is left over than the entity allows, or it names no account.
    """
    step = Decimal(10) ** (minor_digits(conversion.currency) - minor_digits(journal.currency))
    lines = tuple(
        replace(line, functional_minor=round_half_away(line.amount_minor * conversion.rate * step))
        for line in journal.lines
    )
    residual = sum(line.functional_minor or 0 for line in lines)
    return replace(
        journal,
        lines=(*lines, *_rounding_lines(journal, lines, residual, conversion)),
        rate_basis=conversion.basis,
        functional_currency=conversion.currency,
    )


def _rounding_lines(
    journal: Journal, lines: Sequence[JournalLine], residual: int, conversion: Conversion
) -> tuple[JournalLine, ...]:
    if not residual:
        return ()
    if abs(residual) > conversion.limit_minor or not conversion.rounding_account:
        limit = to_text(conversion.limit_minor, conversion.currency)
        raise RoundingAboveLimitError(
            f"Rounding of {journal.external_id} leaves "
            f"{to_text(abs(residual), conversion.currency)} {conversion.currency}; "
            f"the limit is {limit}.",
            blocks=f"journal {journal.external_id}",
            next_step="Look at its rate and lines; the controller may raise the limit.",
        )
    return (
        JournalLine(
            number=len(lines) + 1,
            account=conversion.rounding_account,
            amount_minor=0,
            cost_center="",
            project="",
            component_class=ROUNDING,
            description=described(ROUNDING, journal.key.period),
            functional_minor=-residual,
        ),
    )
