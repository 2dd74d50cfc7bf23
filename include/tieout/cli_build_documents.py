"""Read the documents of a folder of inputs with the adapters of their providers.

What an adapter would have learnt while fetching (a manifest, a control row, a document's id) stands
in the file or beside it; from there on the reading is the adapter's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from tieout.errors import Place, UnreadableDocumentError
from tieout.finance.company import Company
from tieout.finance.documents import DocumentRef, Reading, SourceDocument
from tieout.finance.words import finding
from tieout.settings.inputs_folder import CONTROL, MANIFEST, InputFile, InputsUnusableError
from tieout.workflows.headless_values import Known, Opened, Unread


class Asking(Protocol):
    """Whose documents are read, and when they were received."""

    @property
    def company(self) -> Company:
        """The company with its providers."""
        ...

    @property
    def known_at(self) -> datetime:
        """Aware instant."""
        ...


def read_document(known: Known, file: InputFile) -> Opened:
    """Read one file as its provider's adapter would read what it fetched itself.

    Raises:
        InputsUnusableError: the file can't be opened, or its control row is missing or none.
        ConfigurationError: the provider's profile can't be used.
    """
    unread = open_document(known, file)
    try:
        reading = unread.read()
    except UnreadableDocumentError as error:
        told = finding(
            "document_unreadable", where=Place(file.name), name=file.name, reason=error.message
        )
        return Opened(unread.document, None, told)
    return Opened(unread.document, reading)


def open_document(asking: Asking, file: InputFile) -> Unread:
    """Describe one file as its provider's adapter would, without reading it; raises as above."""
    kind = asking.company.provider(file.provider).kind
    describe, beside = {"workday": (_report, CONTROL), "concur": (_expense, "")}.get(
        kind, (_pay_file, MANIFEST)
    )
    if file.companion and not (beside and file.companion.name.endswith(beside)):
        raise InputsUnusableError(
            f"{file.companion.name} says nothing of a document of {file.provider}.",
            where=Place(str(file.companion)),
            next_step="Remove it, or give it the name that the kind of document asks for.",
        )
    content = _bytes(file.path)
    stated = _bytes(file.companion) if file.companion else None
    attempt = _Attempt(asking, file, content)
    try:
        # It may say better which bytes are meant.
        read = describe(attempt, stated)
    except UnreadableDocumentError as error:
        read = partial(_refuse, error)
    return Unread(attempt.document, attempt.content, read)


def _refuse(error: UnreadableDocumentError) -> Reading:
    raise error


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputsUnusableError(
            f"{path.name} can't be opened: {error.strerror}.",
            where=Place(str(path)),
            next_step="Check path and rights.",
        ) from error


@dataclass
class _Attempt:
    """A file with what is known of it so far; `document` is described by its kind's reader."""

    asking: Asking
    file: InputFile
    content: bytes

    def __post_init__(self) -> None:
        self.describe(self.content)

    @property
    def profile(self) -> Mapping[str, object]:
        """The provider's knobs."""
        return self.asking.company.provider(self.file.provider).profile

    def describe(
        self, content: bytes, native_ref: str = "", media_type: str = "text/plain"
    ) -> None:
        """State which document the bytes are, and where its source has it."""
        self.content = content
        ref = DocumentRef(self.file.provider, self.file.name, native_ref)
        self.document = SourceDocument.of(ref, content, media_type, self.asking.known_at)


def _pay_file(attempt: _Attempt, manifest: bytes | None) -> Callable[[], Reading]:
    """A delivered file, held against its manifest when there is one."""
    from tieout.adapters.drop.manifest import parse_manifest
    from tieout.adapters.drop.source import DropSource
    from tieout.bootstrap import file_reader

    file = attempt.file
    stated: dict[str, object] = {"file": file.name}
    if manifest is not None:
        told = parse_manifest(manifest, file.name)
        stated["manifest"] = json.loads(told.model_dump_json(exclude_none=True))
    attempt.describe(attempt.content, json.dumps(stated, sort_keys=True))
    reader = file_reader(attempt.asking.company.provider(file.provider).kind)
    source = DropSource(file.provider, file.path.parent.parent, reader, attempt.profile)
    return lambda: source.read(attempt.document, attempt.content)


def _report(attempt: _Attempt, control: bytes | None) -> Callable[[], Reading]:
    """The body of a pay lines report; the control row says which run of it is meant."""
    from tieout.adapters.workday.body import read_table
    from tieout.adapters.workday.pay_lines import read_run
    from tieout.adapters.workday.profile import profile_of
    from tieout.adapters.workday.runs import PayRun, front

    name = attempt.file.path.stem + CONTROL
    rows = []
    if control is not None:
        try:
            # The row alone, or the body of a controls report that holds nothing else.
            whole = control if b'"Report_Entry"' in control else b'{"Report_Entry":[%s]}' % control
            rows = list(read_table(whole, "application/json", name).records)
        except UnreadableDocumentError:
            rows = []
    if len(rows) != 1:
        raise InputsUnusableError(
            f"{attempt.file.name} has no control row: {name} is missing or holds not one row.",
            where=Place(f"documents/{attempt.file.provider}/{name}"),
            next_step="Put the run's row of the controls report there as one JSON object.",
        )
    media_type = "text/csv" if attempt.file.path.suffix == ".csv" else "application/json"
    native_ref, body = PayRun(rows[0].values).native_ref, attempt.content
    # The same bytes as the running system keeps: two runs of a period may share a body.
    attempt.describe(front(native_ref) + body, native_ref, media_type)
    return lambda: read_run(profile_of(attempt.profile), attempt.document, body)


def _expense(attempt: _Attempt, _: bytes | None) -> Callable[[], Reading]:
    """One financial document, in the one form of its bytes whatever order its keys have."""
    from tieout.adapters.concur.canonical import canonical_bytes, parse, text_of
    from tieout.adapters.concur.profile import profile_of
    from tieout.adapters.concur.reading import read_report

    try:
        element = parse(attempt.content)
    except (ValueError, RecursionError):
        element = None  # the reader says what is wrong with the bytes as they are
    if isinstance(element, dict):
        native_ref = text_of(element.get("id")) or attempt.file.name
        attempt.describe(canonical_bytes(element), native_ref, "application/json")
    return lambda: read_report(profile_of(attempt.profile), attempt.document, attempt.content)
