"""The posting rule: one journal row of the platform becomes signed accounting parts.

A row carries no debit or credit flag. Its amount is positive when the company pays, and the other
side of the two is the party that is owed. So a row of gross 120.00 with a tax of 20.00, of which
10.00 can be reclaimed, is a cost of 100.00, a reclaimable tax of 10.00 and a tax cost of 10.00:
each part debits its account, and together they credit the party by 120.00.

A personal item on a company card comes as a pair of rows, +18.00 to the card and -18.00 from the
employee, and stays a pair: the two cancel on the account and leave the employee owing the card.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tieout.adapters.concur.amounts import Amounts
from tieout.adapters.concur.canonical import text_of
from tieout.adapters.concur.envelope import first_filled
from tieout.adapters.concur.identities import JournalRow, TaxRow
from tieout.adapters.concur.profile import ConcurProfile, TaxCodes
from tieout.errors import Finding, Place
from tieout.finance.words import finding

COMPANY = "COMP"


@dataclass(frozen=True, slots=True)
class Part:
    """One signed part in minor units, debit positive; `payee` is credited by the same."""

    part: str
    payee: str
    amount_minor: int | None
    found: str
    tax_code: str = ""
    tax_base_minor: int | None = None
    country: str = ""


def tax_rows(
    allocation: Mapping[str, Any], codes: TaxCodes, amounts: Amounts, line: int, path: str
) -> list[TaxRow]:
    """The taxes of an allocation; the code is what the authority knows them by."""
    rows = []
    for number, tax in enumerate(allocation.get("tax") or [], start=1):
        place = f"{path}.tax[{number}]"
        rows.append(
            TaxRow(
                guid=text_of(tax.get("taxGuid")),
                authority=first_filled(tax, codes.authority),
                code=first_filled(tax, codes.code),
                country=text_of(tax.get("locationCountryCode")),
                tax_minor=amounts.minor(tax.get("amountTax"), line, f"{place}.amountTax"),
                reclaim_minor=amounts.minor(
                    tax.get("amountReclaim"), line, f"{place}.amountReclaim"
                ),
            )
        )
    return rows


def journal_row(
    journal: Mapping[str, Any], taxes: Sequence[TaxRow], amounts: Amounts, line: int, path: str
) -> JournalRow:
    """A journal row with the taxes that it names."""
    guids = journal.get("taxGuid") or []
    named = [guids] if isinstance(guids, str) else list(guids)
    known = {tax.guid: tax for tax in taxes}
    return JournalRow(
        payer=text_of(journal.get("journalPayer")),
        payee=text_of(journal.get("journalPayee")),
        gross_minor=amounts.minor(journal.get("amountGross"), line, f"{path}.amountGross"),
        net_of_tax_minor=amounts.minor(
            journal.get("amountNetOfTax"), line, f"{path}.amountNetOfTax"
        ),
        net_of_reclaim_minor=amounts.minor(
            journal.get("amountNetOfReclaim"), line, f"{path}.amountNetOfReclaim"
        ),
        taxes=tuple(known[guid] for guid in named if guid in known),
        missing_guids=tuple(guid for guid in named if guid not in known),
    )


@dataclass(frozen=True, slots=True)
class Parties:
    """Who is owed by a journal row, by the profile; an unlisted code holds the report."""

    document: str
    profile: ConcurProfile

    def of(self, row: JournalRow, line: int, path: str) -> tuple[str, list[Finding]]:
        """The payee of the row, or its code as found with the reason."""
        sides = (row.payer, row.payee)
        if sides.count(COMPANY) != 1:
            told = finding(
                "value_unreadable",
                where=Place(self.document, line, f"{path}.journalPayer"),
                found=f"{row.payer or '(empty)'} to {row.payee or '(empty)'}",
                blocks="report",
                line=line,
                field=f"{path}.journalPayer",
                type="payment between the company and one other party",
            )
            return "", [told]
        party = row.payee if row.payer == COMPANY else row.payer
        payee = self.profile.parties.get(party, "")
        if payee:
            return payee, []
        return party, [self._unlisted(party, line, path)]

    def _unlisted(self, party: str, line: int, path: str) -> Finding:
        code = party or "(empty)"
        told = finding(
            "route_undecided",
            where=Place(self.document, line, f"{path}.journalPayee"),
            found=code,
            blocks="report",
        )
        return replace(
            told,
            message=f"Nothing says who is owed by party {code} of {self.profile.provider}",
            next_step=f"Say in the provider's parties whether {code} is the employee or a card.",
        )


def parts_of(
    row: JournalRow, payee: str, journal: Mapping[str, Any], *, personal: bool
) -> Iterator[Part]:
    """The signed parts of one journal row; they sum to its gross."""
    if personal:
        yield Part("personal", payee, row.gross_minor, text_of(journal.get("amountGross")))
        return
    yield Part("cost", payee, row.net_of_tax_minor, text_of(journal.get("amountNetOfTax")))
    for tax in row.taxes:
        if tax.reclaim_minor != 0:
            yield _tax_part("tax_reclaimable", payee, row, tax, tax.reclaim_minor)
        lost = _less(tax.tax_minor, tax.reclaim_minor)
        if lost != 0:
            yield _tax_part("tax_cost", payee, row, tax, lost)


def _tax_part(part: str, payee: str, row: JournalRow, tax: TaxRow, minor: int | None) -> Part:
    return Part(
        part,
        payee,
        minor,
        "",
        tax_code=f"{tax.authority}/{tax.code}",
        tax_base_minor=row.net_of_tax_minor,
        country=tax.country,
    )


def _less(whole: int | None, off: int | None) -> int | None:
    return None if whole is None or off is None else whole - off
