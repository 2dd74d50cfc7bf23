"""The expense platform as a source of documents, and as one that hears how they ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieout.adapters.concur.canonical import canonical_bytes, same_content, text_of
from tieout.adapters.concur.headers import approved_on
from tieout.adapters.concur.native import Native
from tieout.adapters.concur.notices import Notices
from tieout.adapters.concur.people import profiles_of
from tieout.adapters.concur.profile import ConcurProfile, profile_of
from tieout.adapters.concur.reading import read_report
from tieout.adapters.concur.service import DocumentService, Element
from tieout.adapters.concur.taking import Taking
from tieout.adapters.concur.tokens import CompanyTokens, TokenStore
from tieout.adapters.transport import Connection, Limits, ThreadSlots
from tieout.errors import Place, VendorRefusedError
from tieout.finance.documents import Acknowledged, DocumentRef, Reading, SourceDocument
from tieout.finance.ledger import ReferenceObject
from tieout.finance.periods import period_of
from tieout.ports import BookedNotice, Slots, Wanted

MEDIA_TYPE = "application/json"
#: Users asked for per page: the most that the platform gives.
MOST_USERS = 1000


class ConcurSource:
    """Approved expense reports of one company (ports `Source` and `StatusSink`).

    A report is offered for the period of its approval in the entity's time zone, and until it is
    taken also for every later period; one approved after the wanted period waits for its own.
    """

    def __init__(self, profile: ConcurProfile, documents: DocumentService, system_id: str) -> None:
        self._profile = profile
        self._documents = documents
        self._system_id = system_id
        self._pages: dict[str, bytes] = {}

    @property
    def provider(self) -> str:
        """Id of the provider's configuration."""
        return self._profile.provider

    def discover(self, wanted: Wanted) -> Sequence[DocumentRef]:
        """All documents that wait to be taken, approved until the end of the period."""
        refs = []
        self._pages.clear()
        for element in self._documents.ready(self._profile.page_size):
            period = self._period(element) or wanted.period.code
            if period > wanted.period.code:
                continue
            native = Native(element.fis_id, element.report_id, element.report_number)
            # The page carried the whole document; fetching it once more would add nothing.
            self._pages[native.fis_id] = canonical_bytes(element.content)
            name = element.report_number or element.fis_id
            group = f"{self.provider}-{period}"
            refs.append(DocumentRef(self.provider, name, native.text, group))
        return refs

    def fetch(self, ref: DocumentRef) -> tuple[bytes, str]:
        """The document as the platform states it, numbers to the last digit.

        Raises:
            VendorRefusedError: it was recalled since it was offered.
        """
        native = Native.of(ref.native_ref)
        content = self._pages.pop(native.fis_id, None)
        if content is None:
            element = self._documents.of_report(native.report_id).get(native.fis_id)
            if element is None:
                raise VendorRefusedError(
                    f"{native.number} was recalled before we took it.",
                    where=Place(native.number),
                    blocks="nothing",
                    next_step="Nothing to do.",
                    code="concur_recalled",
                )
            content = canonical_bytes(element.content)
        return content, MEDIA_TYPE

    def read(self, document: SourceDocument, content: bytes) -> Reading:
        """See `read_report`."""
        return read_report(self._profile, document, content)

    def acknowledge(self, documents: Sequence[SourceDocument]) -> Sequence[Acknowledged]:
        """Take the documents; those that the platform wants asked again later are left out."""
        natives = [Native.of(document.native_ref) for document in documents]
        size = self._profile.acknowledge_size
        return Taking(self._documents, self._system_id, size).take(natives)

    def changed_since(self, document: SourceDocument, content: bytes) -> bool:
        """Whether the acknowledged document says something else than the bytes we hold.

        Between fetching and acknowledging a report can still be changed. One that is gone counts
        as changed: fetching it again tells why.
        """
        native = Native.of(document.native_ref)
        element = self._documents.of_report(native.report_id).get(native.fis_id)
        return element is None or not same_content(content, canonical_bytes(element.content))

    def report_booked(self, notices: Sequence[BookedNotice]) -> Sequence[Acknowledged]:
        """Confirm the documents as posted; see `Notices`."""
        size = self._profile.acknowledge_size
        return Notices(self._documents, self._system_id, size).send(notices)

    def profiles(self) -> Sequence[ReferenceObject]:
        """Employees with a profile on the platform (port `Profiles`); it states no entity."""
        return profiles_of(self._documents.users(MOST_USERS))

    def close(self) -> None:
        """Close all connections; optional at the end of a process."""
        self._documents.close()

    def _period(self, element: Element) -> str:
        report = element.report
        entity = self._profile.entities.get(text_of(report.get(self._profile.entity_field)), "")
        approved_at = text_of(report.get(self._profile.approved_at_field))
        day = approved_on(self._profile, entity, approved_at)
        return period_of(day).code if day else ""


def make(
    profile: Mapping[str, object],
    connection: Connection,
    tokens: TokenStore,
    *,
    slots: Slots | None = None,
    time_zones: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> ConcurSource:
    """Build the source of one company.

    Args:
        profile: the parsed provider file.
        connection: login is the company's UUID, password its request token; extra holds
            `client_id`, `client_secret` and `system_id` (our name on the platform).
        tokens: keeps the refresh token.
        slots: bounds requests at once over all processes.
        time_zones: entity -> IANA zone; wins over the profile's.
        limits: patience and size of the HTTP client.

    Raises:
        ConfigurationError: the provider file can't be used.
        SettingsError: the connection lacks a field.
    """
    checked = profile_of({**profile, **({"time_zones": time_zones} if time_zones else {})})
    held = slots or ThreadSlots()
    company = CompanyTokens(connection, tokens, held, limits)
    documents = DocumentService(connection, company, held, limits)
    return ConcurSource(checked, documents, connection.required("system_id"))
