"""What finance's rules say of one unit: pure, from values alone, with and without a store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tieout.errors import ConfigurationError, Finding, Place
from tieout.finance.company import Company
from tieout.finance.journals import JournalKind
from tieout.finance.mappings import MappingRow, MappingSet
from tieout.finance.money import CurrencyUnknownError, to_text
from tieout.finance.periods import AccountingPeriod
from tieout.finance.words import CATALOGUE, finding
from tieout.settings.mapping_files import StatedRow

if TYPE_CHECKING:
    import polars as pl

    from tieout.stages.build.build import BuildRules, HeldCause
    from tieout.stages.validate.totals import DocumentTotals


def mappings_of_files(stated: Sequence[StatedRow], company: Company) -> MappingSet:
    """The rows of finance's files as a first import would store them: the same versions.

    Files have no history: all rows count as known; since when each holds is asked at look-up. An
    export states the versions of its store, so that what is built on it names the same rules.
    """
    newest: dict[tuple[str, str], int] = {}
    for item in stated:
        newest[item.table, item.key] = max(newest.get((item.table, item.key), 0), item.version)
    rows = []
    for item in stated:
        nth = item.version
        if not nth:
            nth = newest[item.table, item.key] = newest[item.table, item.key] + 1
        rows.append(
            MappingRow(item.table, nth, item.valid_from, item.content, valid_to=item.valid_to)
        )
    rows.sort(key=lambda row: (row.table, row.key, row.version))
    # Without a store nobody decides on a changed row, so its content names the set too.
    text = json.dumps([[row.table, row.key, str(row.valid_from), row.text] for row in rows])
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    countries = {code: entity.country for code, entity in company.entities.items()}
    return MappingSet(rows, countries, version)


def build_rules(  # noqa: PLR0913, PLR0917 - what a build depends on
    company: Company,
    mapping: MappingSet,
    kind: JournalKind,
    period: AccountingPeriod,
    batch: str,
    frame: pl.DataFrame,
    document_holds: Mapping[str, list[str]],
    revisions: Mapping[str, int],
    pay_dates: Mapping[str, date] | None = None,
) -> BuildRules:
    """The building rules of the entities in `frame`; `batch` is the unit's key.

    An accounting date that its basis puts outside the period holds the entity's documents; it is
    never moved into the period.

    Raises:
        ConfigurationError: no posting or date policy covers an entity.
    """
    from tieout.stages.build.build import BuildRules

    holding: dict[str, str] = {}
    dates: dict[str, date] = {}
    currencies: dict[str, str] = {}
    for code in frame["entity"].unique().sort().to_list():
        if code not in company.entities:
            continue
        policy = mapping.best("posting", code, period.ends, journal_kind=kind.value)
        basis = mapping.best("dates_and_rates", code, period.ends, journal_kind=kind.value)
        if policy is None or basis is None:
            raise ConfigurationError(
                f"No posting or date policy covers {kind.value} of {code}.",
                blocks=f"unit {batch}",
                next_step="Add a row to policies/posting.csv and policies/dates_and_rates.csv.",
            )
        holding[code] = policy["holding"] or "run"
        dates[code] = _accounting_date(
            basis["accounting_date"], frame, code, period.ends, (pay_dates or {}).get(code)
        )
        currencies[code] = company.entity(code).functional_currency
    return BuildRules(
        tenant=company.tenant,
        kind=kind,
        period=period.code,
        batch=batch,
        holding=holding,
        currencies=currencies,
        accounting_dates=dates,
        revisions=revisions,
        document_holds=_with_dates_outside(document_holds, frame, dates, period),
    )


def _accounting_date(
    basis: str, frame: pl.DataFrame, entity: str, ends: date, pay_date: date | None
) -> date:
    """The date that the stated basis gives; never today.

    Raises:
        ConfigurationError: the basis is unknown, or the source states no such date.
    """
    found: object = ends if basis == "period_end" else None
    if basis == "pay_date":
        found = pay_date
    elif basis == "voucher_date" and "posting_date" in frame.columns:
        found = frame.filter(frame["entity"] == entity)["posting_date"].max()
    if isinstance(found, date):
        return found
    raise ConfigurationError(
        f"The accounting date of {entity} can't be taken from {basis!r}.",
        blocks=f"journals of {entity}",
        next_step="Use period_end, pay_date or voucher_date in policies/dates_and_rates.csv, "
        "as the source states it.",
    )


def _with_dates_outside(
    holds: Mapping[str, list[str]],
    frame: pl.DataFrame,
    dates: Mapping[str, date],
    period: AccountingPeriod,
) -> dict[str, list[str]]:
    """The holds, and those of documents whose accounting date lies outside the period."""
    every = {document: list(entries) for document, entries in holds.items()}
    for entity, day in dates.items():
        if day in period:
            continue
        rows = frame.filter(frame["entity"] == entity)
        for document in rows["document"].unique().sort().to_list():
            every.setdefault(document, []).append(f"date_outside_period|{day.isoformat()}")
    return every


def control_mismatches(
    totals: Sequence[DocumentTotals],
    names: Mapping[str, str],
    currencies: Mapping[str, str],
    unit_key: str,
) -> list[tuple[str, Finding]]:
    """Documents whose rows do not sum to their control totals: document → what is wrong."""
    told = []
    for total in totals:
        read = (total.line_count, total.debit, total.credit)
        stated = (total.stated_line_count, total.stated_debit, total.stated_credit)
        if read == stated:
            continue
        currency = currencies[total.document]
        said = finding(
            "control_total_mismatch",
            where=Place(names[total.document]),
            stated=_said(stated, currency),
            read=_said(read, currency),
            found=_said(read, currency),
            blocks=f"run {unit_key}",
        )
        told.append((total.document, said))
    return told


def _said(sums: tuple[int, int, int], currency: str) -> str:
    count, debit, credit = sums
    return f"{count} lines, {shown(debit, currency)} and {shown(credit, currency)} {currency}"


def shown(amount_minor: int, currency: str) -> str:
    """Decimal text of an amount; of an unknown currency, the number as it is counted."""
    try:
        return to_text(amount_minor, currency)
    except CurrencyUnknownError:
        return str(amount_minor)


def hold_documents(frame: pl.DataFrame, told: Sequence[tuple[str, Finding]]) -> pl.DataFrame:
    """Every row of a document that was told about waits."""
    import polars as pl

    for document, item in told:
        entry = pl.lit([f"{item.code}|{item.where.document}"], dtype=pl.List(pl.String))
        frame = frame.with_columns(
            document_holds=pl.when(pl.col("document") == document)
            .then(pl.col("document_holds").list.concat(entry).list.unique(maintain_order=True))
            .otherwise(pl.col("document_holds"))
        )
    return frame


def told_cause(cause: HeldCause, unit_key: str, known: Sequence[Finding]) -> Finding:
    """A held cause in finance's words.

    A document's own finding in `known` says more than its code: both numbers, the file's name.
    """
    told = finding(
        cause.code if cause.code in CATALOGUE else "value_unreadable",
        code=cause.cause,
        count=cause.item_count,
        entity=cause.entity,
        difference=cause.cause,
        date=cause.cause,
        period=unit_key,
        line="?",
        field=cause.cause,
        type="readable value",
        run=unit_key,
        found=cause.cause,
    )
    for item in known:
        if item.code == cause.code and item.where.document == cause.cause:
            return item
    return told
