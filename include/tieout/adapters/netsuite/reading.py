"""What the ledger holds: one journal by our key, or every journal of an entity and period.

Read by SuiteQL: opening a record runs the customer's scripts, which may fail, and a list of records
has only ids. Amounts are those of the journal's own currency; base amounts carry NetSuite's own
rounding. Rows that a role may not see are absent without a word, so "not found" is said only after
a row that must be visible was seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from tieout.adapters.netsuite.payload import key_mark
from tieout.adapters.netsuite.periods import read_periods
from tieout.adapters.netsuite.posting import EntityInLedger
from tieout.adapters.netsuite.queries import Queries, Row
from tieout.adapters.netsuite.reference_index import ReferenceIndex
from tieout.errors import VendorRefusedError, VendorUnavailableError
from tieout.finance.ledger import LedgerEntry, LedgerLine, LedgerPeriod
from tieout.finance.money import to_minor


class LedgerReader:
    """Reads journals; `zone` is the time zone in which NetSuite writes instants of changes."""

    def __init__(
        self,
        queries: Queries,
        entities: Mapping[str, EntityInLedger],
        index: ReferenceIndex,
        zone: ZoneInfo,
    ) -> None:
        self._queries = queries
        self._entities = entities
        self._index = index
        self._zone = zone
        self._periods_read: Mapping[str, LedgerPeriod] | None = None

    def find(self, external_id: str) -> LedgerEntry | None:
        """The journal under our key, also when another integration has changed its external id.

        Another kind of document under our key is told as an entry without lines.

        Raises:
            VendorUnavailableError: our role does not see the entity, so absence means nothing.
        """
        headers = self._queries.all_rows("journal_by_external_id", external_id)
        if headers:
            return self._with_lines(headers[0])
        self._must_see(external_id)
        traces = self._queries.all_rows(
            "traces_of_external_id", external_id, f"%{key_mark(external_id)}%"
        )
        by_id = [row for row in traces if row.get("externalid", "").upper() == external_id]
        for row in by_id or traces:
            return self._with_lines(row) if row["type"] == "Journal" else self._foreign(row)
        return None

    def read_back(self, entity: str, period: str) -> Iterator[LedgerEntry]:
        """Every journal with lines of the entity in the period, in NetSuite's order.

        Raises:
            VendorRefusedError: NetSuite has no such period or the entity is not configured.
        """
        known = self._entities.get(entity)
        if known is None:
            raise VendorRefusedError(
                f"{entity} has no subsidiary in the NetSuite configuration.",
                code="erp_wrong_subsidiary",
                blocks=f"tie-out of {entity}",
                next_step=f"Give {entity} its ERP id.",
            )
        self._must_see_subsidiary(known.erp_id)
        matching = [each for each in self._periods().values() if each.code == period]
        if not matching:
            raise VendorRefusedError(
                f"NetSuite has no posting period {period}.",
                blocks=f"tie-out of {entity}, {period}",
                next_step="Ask the ERP's administrator to set the period up.",
            )
        for each in matching:
            yield from self._journals(each.ref, known.erp_id)

    def _journals(self, period_ref: str, subsidiary: str) -> Iterator[LedgerEntry]:
        """In slices of at most what one query gives; a journal cut by a slice is read again."""
        after = "0"
        while True:
            found = self._queries.rows("lines_of_period", period_ref, subsidiary, after)
            groups = [list(rows) for _, rows in groupby(found.rows, lambda row: row["journal"])]
            whole = groups if found.complete else groups[:-1]
            for rows in whole:
                yield self._entry(rows[0], rows)
            if found.complete:
                return
            if not whole:
                raise VendorRefusedError(
                    f"Journal {after} and later are larger than NetSuite lets us read.",
                    blocks="tie-out",
                    next_step="Ask for SuiteAnalytics Connect.",
                )
            after = whole[-1][0]["journal"]

    def _periods(self) -> Mapping[str, LedgerPeriod]:
        """By NetSuite's id, read once per reading of the ledger."""
        if self._periods_read is None:
            self._periods_read = {each.ref: each for each in read_periods(self._queries)}
        return self._periods_read

    def _with_lines(self, header: Row) -> LedgerEntry:
        return self._entry(header, self._queries.all_rows("journal_lines", header["journal"]))

    def _entry(self, header: Row, lines: Sequence[Row]) -> LedgerEntry:
        currency = self._index.code_of("currency", header["currency"])
        subsidiaries = {line["subsidiary"] for line in lines if "subsidiary" in line}
        return LedgerEntry(
            ref=header["journal"],
            external_id=header.get("externalid", ""),
            entity=", ".join(sorted(self._entity_of(each) for each in subsidiaries)),
            period=self._period_code(header.get("postingperiod", "")),
            accounting_date=date.fromisoformat(header["trandate"]),
            currency=currency,
            posting=header.get("posting") == "T",
            memo=header.get("journalmemo", ""),
            lines=tuple(self._line(line, currency) for line in lines),
            number=header.get("tranid", ""),
            changed_at=self._instant(header.get("lastmodifieddate", "")),
            changed_by=header.get("lastmodifiedby", ""),
        )

    def _line(self, row: Row, currency: str) -> LedgerLine:
        debit = to_minor(row.get("debitforeignamount") or "0", currency)
        credit = to_minor(row.get("creditforeignamount") or "0", currency)
        return LedgerLine(
            line_ref=row["id"],
            account=self._index.code_of("account", row["account"]),
            amount_minor=debit - credit,
            cost_center=self._index.code_of("cost_center", row.get("department", "")),
            project=self._index.code_of("project", row.get("class", "")),
            memo=row.get("memo", ""),
        )

    def _foreign(self, row: Row) -> LedgerEntry:
        """A bill or report that carries our key; without lines it equals no journal of ours."""
        return LedgerEntry(
            ref=row["journal"],
            external_id=row["externalid"],
            entity="",
            period=self._period_code(row.get("postingperiod", "")),
            accounting_date=date.fromisoformat(row.get("trandate") or row["lastmodifieddate"][:10]),
            currency=self._index.code_of("currency", row.get("currency", "")),
            posting=row.get("posting") == "T",
            memo=f"another document, of type {row['type']}",
            lines=(),
        )

    def _period_code(self, ref: str) -> str:
        if not ref:
            return ""
        known = self._periods().get(ref)
        return known.code if known else f"#{ref}"

    def _entity_of(self, subsidiary: str) -> str:
        return self._index.code_of("entity", subsidiary)

    def _instant(self, text: str) -> datetime | None:
        if not text:
            return None
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=self._zone)

    def _must_see(self, external_id: str) -> None:
        """The entity that the key names, or all of ours when it names none."""
        named = external_id.partition("-")[0]
        wanted = [self._entities[named]] if named in self._entities else self._entities.values()
        for each in wanted:
            self._must_see_subsidiary(each.erp_id)

    def _must_see_subsidiary(self, erp_id: str) -> None:
        if not self._queries.all_rows("visible_subsidiary", erp_id):
            raise VendorUnavailableError(
                f"Our NetSuite role does not see subsidiary {erp_id}, so nothing can be said of its"
                " journals.",
                blocks="the look-up and tie-out of that entity",
                next_step="Give our role that subsidiary.",
                code="erp_no_right",
            )
