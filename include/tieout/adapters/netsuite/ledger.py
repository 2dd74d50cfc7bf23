"""NetSuite as the general ledger."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from tieout.adapters.netsuite.client import NetSuiteClient
from tieout.adapters.netsuite.jobs import Jobs
from tieout.adapters.netsuite.periods import read_periods
from tieout.adapters.netsuite.posting import EntityInLedger, Poster, refusal_before_sending
from tieout.adapters.netsuite.queries import Queries
from tieout.adapters.netsuite.reading import LedgerReader
from tieout.adapters.netsuite.reference_data import ReferenceReader
from tieout.adapters.netsuite.reference_index import ReferenceIndex
from tieout.adapters.netsuite.sign_in import at_its_host, certificate_findings
from tieout.adapters.transport import Connection, Limits
from tieout.errors import Finding, VendorRefusedError, VendorUnavailableError
from tieout.finance.journals import Journal
from tieout.finance.ledger import (
    LedgerEntry,
    LedgerLimits,
    LedgerPeriod,
    Outcome,
    ReferenceObject,
    Refused,
)
from tieout.ports import Clock, Slots

#: NetSuite lets a request run for so long; until then "not there" may become "there".
LONGEST_RUN_SECONDS: Final = 15 * 60
#: Lines of one journal in an asynchronous request.
MOST_LINES: Final = 10_000


class NetSuiteLedger:
    """The ledger of one NetSuite account; implements `tieout.ports.Ledger`.

    Args:
        connection: extra holds account_id, client_id, certificate_id, private_key, algorithm; and
            optionally certificate_valid_to, token_audience, time_zone (of the account, for the
            instants of changes; UTC when absent).
        entities: our entities in NetSuite, by our code.
        statements: the SuiteQL of `sql/netsuite`, by name (`queries.load_statements`).
        slots: bounds requests at once to the account, over all processes.
        clock: business time, for the certificate's end.
        concurrency: requests at once; the account's limit is shared with the customer's others.
        limits: patience of requests.
        sleep: pauses between attempts of readings.
    """

    def __init__(
        self,
        connection: Connection,
        entities: Mapping[str, EntityInLedger],
        statements: Mapping[str, str],
        slots: Slots,
        clock: Clock,
        concurrency: int = 2,
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._connection = at_its_host(connection)
        self._entities = entities
        self._clock = clock
        self._concurrency = concurrency
        client = NetSuiteClient.signed_in(
            self._connection,
            slots,
            concurrency=concurrency,
            limits=limits or Limits(total_seconds=180.0),
            sleep=sleep,
        )
        self._client = client
        self._queries = Queries(client, statements)
        codes = {each.erp_id: code for code, each in entities.items()}
        self._reference = ReferenceReader(self._queries, codes)
        self._poster = Poster(
            client, self._queries, Jobs(client, sleep=sleep), entities, MOST_LINES
        )
        self._zone = ZoneInfo(connection.optional("time_zone", "UTC"))
        self._index: ReferenceIndex | None = None

    @property
    def limits(self) -> LedgerLimits:
        """What NetSuite allows, and the concurrency that we allow ourselves."""
        return LedgerLimits(MOST_LINES, self._concurrency, LONGEST_RUN_SECONDS)

    def reference_data(self) -> Sequence[ReferenceObject]:
        """All master data; raises VendorUnavailableError, VendorRefusedError."""
        objects = self._reference.all_objects()
        self._index = ReferenceIndex(objects)
        return objects

    def periods(self) -> Sequence[LedgerPeriod]:
        """The base months with their locks; raises as `reference_data`."""
        return read_periods(self._queries)

    def post(self, journal: Journal) -> Outcome:
        """One attempt, insert-only. Never raises for what NetSuite or the network does.

        A refusal with the code `same_id_exists` says that the external id is taken: look it up.
        """
        try:
            return self._poster.post(journal, self._known())
        except (VendorUnavailableError, VendorRefusedError) as error:
            return refusal_before_sending(error)

    def preflight(self, journal: Journal) -> Refused | None:
        """What would be refused before a byte is sent: period, master data, length, decimals."""
        try:
            return self._poster.refusal(journal, self._known())
        except (VendorUnavailableError, VendorRefusedError) as error:
            return refusal_before_sending(error)

    def find(self, external_id: str) -> LedgerEntry | None:
        """The journal under that external id, or none.

        Raises:
            VendorUnavailableError: it can't be known, because NetSuite does not answer or our
                role does not see the entity.
        """
        return self._reader().find(external_id)

    def read_back(self, entity: str, period: str) -> Iterator[LedgerEntry]:
        """Every journal of the entity and period, ours or not; raises as `find`."""
        return self._reader().read_back(entity, period)

    def refresh(self) -> None:
        """Read accounts, cost centers and projects anew before the next attempt."""
        self._index = None

    def warnings(self) -> tuple[Finding, ...]:
        """What will stop us soon: the end of the certificate."""
        return certificate_findings(self._connection, self._clock.now())

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _known(self) -> ReferenceIndex:
        if self._index is None:
            self._index = ReferenceIndex(self._reference.posting_objects())
        return self._index

    def _reader(self) -> LedgerReader:
        return LedgerReader(self._queries, self._entities, self._known(), self._zone)
