"""The `Source` of one provider that delivers files with manifests into a folder."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from tieout.adapters.drop.checks import agreed
from tieout.adapters.drop.folder import Folder, shown
from tieout.adapters.drop.manifest import Manifest, parse_manifest
from tieout.contracts.file_profile import FileProfile, parse_profile
from tieout.errors import (
    Place,
    UnreadableDocumentError,
    VendorRefusedError,
    VendorUnavailableError,
)
from tieout.finance.documents import Acknowledged, DocumentRef, Reading, SourceDocument
from tieout.ports import Wanted

_LOG = logging.getLogger(__name__)
_MEDIA_TYPE = "text/plain"

#: A format's reader: the document, its bytes, the provider's knobs.
ReadFile = Callable[[SourceDocument, bytes, Mapping[str, object] | None], Reading]


class DropConnection(Protocol):
    """The connection value of a folder: its path stands in `extra`."""

    @property
    def extra(self) -> Mapping[str, object]:
        """Further facts of the connection; `path` is the folder above the providers' folders."""
        ...


class DropSource:
    """Files of one provider below `<folder>/<provider>/`, each with `<name>.manifest.json`.

    The manifest travels as compact JSON in `native_ref`, so stored bytes can be read again years
    later without the folder.
    """

    def __init__(
        self,
        provider: str,
        folder: Path,
        read_file: ReadFile,
        profile: Mapping[str, object],
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._provider = provider
        self._read_file = read_file
        self._profile = profile
        known = {name: profile[name] for name in ("delivery", "components") if name in profile}
        self._knobs = parse_profile(FileProfile, known)
        delivery = self._knobs.delivery
        self._folder = Folder(
            folder / provider, delivery.largest_bytes, delivery.stable_seconds, now
        )

    @property
    def provider(self) -> str:
        """Id of the provider's configuration."""
        return self._provider

    def discover(self, wanted: Wanted) -> Sequence[DocumentRef]:
        """Whole files of the wanted period; what still grows is left for the next sweep.

        `wanted.since` is not used: file times belong to other clocks than business time, and the
        hash of the bytes already tells what is known.
        """
        refs = []
        for name in self._folder.names():
            try:
                ref = self._ref(name, wanted.period.code)
            except (VendorRefusedError, VendorUnavailableError) as error:
                # One file that can't be taken must not hide the others; it is missed as late.
                _LOG.warning("file left in the folder of %s: %s", self._provider, error)
                continue
            if ref is not None:
                refs.append(ref)
        return refs

    def _ref(self, name: str, period: str) -> DocumentRef | None:
        text = self._folder.manifest(name)
        if text is None:
            return None
        try:
            manifest = parse_manifest(text, shown(name))
        except UnreadableDocumentError:
            if not self._folder.rests(name):
                return None
            # Offered all the same: reading it says what is wrong, instead of a silent absence.
            stated = {"file": name, "manifest_text": text.decode("utf-8", "replace")}
            return self._as_ref(name, stated, "")
        if manifest.period != period or not self._folder.is_whole(name, manifest.sha256):
            return None
        stated = {"file": name, "manifest": json.loads(manifest.model_dump_json(exclude_none=True))}
        if self._profile.get("frame") == "expense_line":
            # All extracts of a period are one unit, as the reports of a platform are.
            return self._as_ref(name, stated, f"{self._provider}-{period}")
        return self._as_ref(name, stated, manifest.business_key)

    def _as_ref(self, name: str, stated: Mapping[str, object], group: str) -> DocumentRef:
        return DocumentRef(
            provider=self._provider,
            name=shown(name),
            native_ref=json.dumps(
                stated, ensure_ascii=False, separators=(",", ":"), sort_keys=True
            ),
            group=group,
        )

    def fetch(self, ref: DocumentRef) -> tuple[bytes, str]:
        """The file's unchanged bytes.

        Raises:
            VendorUnavailableError: it vanished or was replaced since discovery.
            VendorRefusedError: a link, no plain file, outside the folder, or too large.
        """
        stated = _stated(ref.native_ref)
        name = str(stated.get("file", ""))
        content = self._folder.content(name)
        if content is None:
            raise self._moved(ref, "is not there any more")
        manifest = _manifest(stated, ref.name)
        if manifest is None or hashlib.sha256(content).hexdigest() == manifest.sha256.lower():
            return content, _MEDIA_TYPE
        text = self._folder.manifest(name)
        if text is None or parse_manifest(text, ref.name) != manifest:
            raise self._moved(ref, "was replaced since it was found")
        return content, _MEDIA_TYPE

    def _moved(self, ref: DocumentRef, what: str) -> VendorUnavailableError:
        return VendorUnavailableError(
            f"{ref.name} {what}.",
            where=Place(document=ref.name),
            blocks="run",
            next_step="Nothing to do; the next sweep takes what is there.",
        )

    def read(self, document: SourceDocument, content: bytes) -> Reading:
        """The format's reading, held against the manifest that came with the file.

        Raises:
            UnreadableDocumentError: manifest or file can't be used.
        """
        stated = _stated(document.native_ref)
        if "manifest_text" in stated:
            parse_manifest(str(stated["manifest_text"]), document.name)
        reading = self._read_file(document, content, self._profile)
        manifest = _manifest(stated, document.name)
        if manifest is None:
            return reading
        return agreed(
            reading,
            manifest,
            document,
            self._provider,
            self._knobs.net_pay_codes,
            self._knobs.delivery.name_pattern,
        )

    def acknowledge(self, documents: Sequence[SourceDocument]) -> Sequence[Acknowledged]:
        """A folder has nobody to tell: all were taken, and stay where they are."""
        return [Acknowledged(document.native_ref, taken=True) for document in documents]


def _stated(native_ref: str) -> Mapping[str, object]:
    stated = json.loads(native_ref or "{}")
    return stated if isinstance(stated, dict) else {}


def _manifest(stated: Mapping[str, object], name: str) -> Manifest | None:
    if not isinstance(stated.get("manifest"), dict):
        return None
    return parse_manifest(json.dumps(stated["manifest"]), name)


def make(
    profile: Mapping[str, object],
    connection: DropConnection,
    read_file: ReadFile,
    *,
    provider: str = "",
    now: Callable[[], float] = time.time,
) -> DropSource:
    """The source of one provider.

    Args:
        profile: the provider's configuration; `provider` is read from it unless given.
        connection: its `extra` names the folder as `path`.
        read_file: the reader of the provider's format.
        provider: id of the provider's configuration.
        now: the file system's clock, in seconds.
    """
    name = provider or str(profile["provider"])
    return DropSource(name, Path(str(connection.extra["path"])), read_file, profile, now=now)
