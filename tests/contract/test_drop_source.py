"""The folder that providers deliver into: what is taken, when, and what a manifest proves."""

from __future__ import annotations

import hashlib
import json
import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tieout.adapters import datev
from tieout.adapters.drop import DropSource, make
from tieout.errors import UnreadableDocumentError, VendorRefusedError, VendorUnavailableError
from tieout.finance.documents import ControlOrigin, DocumentRef, Reading, SourceDocument
from tieout.finance.periods import calendar_month
from tieout.ports import Source, Wanted

PERIOD = Wanted(calendar_month("2026-10"))
NOW = datetime(2026, 11, 2, 6, tzinfo=UTC)
PROFILE = {
    "provider": "de-datev",
    "kind": "extf",
    "entities": {"1234567/1": "DE01"},
    "container": {"encoding": "cp1252"},
    "delivery": {"stable_seconds": 5},
}
HEADER = (
    '"EXTF";700;21;"Buchungsstapel";13;20261028093015000;;"LG";"";"";1234567;1;20260101;4;'
    '20261001;20261031;"Lohn";"LG";1;0;0;"EUR";;"";;;"04";;;"";""'
)
TITLES = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);Belegdatum;Belegfeld 1;KOST1 - Kostenstelle"
)
ROWS = ("1000,00;S;;4120;1755;3110;L1;4100", "1000,00;H;;1740;1755;3110;L1;")


def a_batch(*rows: str) -> bytes:
    """A booking batch of DE01 for October."""
    return "".join(f"{row}\r\n" for row in (HEADER, TITLES, *rows)).encode("cp1252")


@dataclass
class Delivery:
    """One provider's folder as the provider sees it."""

    folder: Path
    manifest: dict[str, object] = field(
        default_factory=lambda: {
            "provider": "de-datev",
            "entity": "DE01",
            "pay_group": "DE_MONTHLY",
            "period": "2026-10",
            "run_id": "DE_MONTHLY-202610-01",
            "sequence": 1,
            "kind": "regular",
            "currency": "EUR",
            "line_count": 4,
            "debit": "2000.00",
            "credit": "2000.00",
            "headcount": 3,
            "net_pay": "1000.00",
        }
    )

    def put(
        self, name: str = "lohn.csv", content: bytes = a_batch(*ROWS), **stated: object
    ) -> Path:
        """Deliver a file, then its manifest."""
        path = self.folder / name
        path.write_bytes(content)
        whole = {"file": name, "sha256": hashlib.sha256(content).hexdigest()}
        manifest = self.manifest | whole | stated
        path.with_name(f"{name}.manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return path


@dataclass(frozen=True)
class Place:
    """A connection value: the folder above all providers."""

    extra: dict[str, object]


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    """The empty folder of one provider."""
    folder = tmp_path / "de-datev"
    folder.mkdir()
    return Delivery(folder)


@pytest.fixture
def source(tmp_path: Path, delivery: Delivery) -> DropSource:
    """The source behind the seam."""
    return make(PROFILE, Place({"path": str(tmp_path)}), datev.read_file)


def taken(source: DropSource) -> tuple[SourceDocument, bytes]:
    """The one document that the folder offers."""
    (ref,) = source.discover(PERIOD)
    content, media_type = source.fetch(ref)
    return SourceDocument.of(ref, content, media_type, NOW), content


def rest(path: Path) -> None:
    """Let file and manifest be a minute old."""
    rested = time.time() - 60
    for part in (path, path.with_name(f"{path.name}.manifest.json")):
        os.utime(part, (rested, rested))


def read(source: DropSource) -> Reading:
    """What the one document says."""
    return source.read(*taken(source))


def test_it_is_a_source_for_any_workflow(source: Source) -> None:
    """Extract relies on the port alone."""
    assert source.provider == "de-datev"


def test_a_whole_file_is_read_with_the_totals_of_its_manifest(
    source: DropSource, delivery: Delivery
) -> None:
    """The certificate relies on totals that somebody else stated."""
    delivery.put()
    reading = read(source)
    assert reading.findings == ()
    assert reading.control is not None
    assert reading.control.origin is ControlOrigin.MANIFEST
    assert (reading.control.line_count, reading.control.debit_minor) == (4, 200_000)
    assert reading.facts.business_key == "DE01|DE_MONTHLY|2026-10|DE_MONTHLY-202610-01|1"
    assert reading.frames["pay_line"]["entity"].unique().to_list() == ["DE01"]


def test_a_file_without_its_manifest_is_left_alone(source: DropSource, delivery: Delivery) -> None:
    """Extract relies on it: the manifest comes last, so the file may still grow."""
    (delivery.folder / "lohn.csv").write_bytes(a_batch(*ROWS))
    (delivery.folder / "late.csv.manifest.json").write_text("{}", encoding="utf-8")
    assert source.discover(PERIOD) == []


def test_a_file_that_differs_from_its_manifest_waits_until_it_rests(
    source: DropSource, delivery: Delivery
) -> None:
    """A growing file is not taken; a cut one is, and says that it was cut."""
    path = delivery.put(content=a_batch(ROWS[0]), sha256="0" * 64)
    assert source.discover(PERIOD) == []
    rest(path)
    assert [ref.name for ref in source.discover(PERIOD)] == ["lohn.csv"]


def test_a_cut_file_tells_both_numbers_and_blocks_its_run(
    source: DropSource, delivery: Delivery
) -> None:
    """finance_ops relies on it: a cut at a row's end still balances, only the totals show it."""
    content = a_batch(ROWS[0])
    delivery.put(content=content, sha256=hashlib.sha256(content).hexdigest())
    (told,) = [found for found in read(source).findings if found.code == "control_total_mismatch"]
    assert "stated line count 4, debit 2000.00, credit 2000.00" in told.message
    assert "read line count 2, debit 1000.00, credit 1000.00" in told.message
    assert told.blocks == "run"


def test_other_bytes_with_the_same_totals_are_told(source: DropSource, delivery: Delivery) -> None:
    """A changed account number leaves every total as it was; only the hash shows it."""
    path = delivery.put()
    changed = path.read_bytes().replace(b"4120", b"4121")
    stated = hashlib.sha256(path.read_bytes()).hexdigest()
    delivery.put(content=changed, sha256=stated)
    rest(path)
    (told,) = read(source).findings
    assert told.code == "control_total_mismatch"
    assert told.where.field == "sha256"


def test_a_name_of_another_period_is_told(tmp_path: Path, delivery: Delivery) -> None:
    """finance_ops relies on it: September's file under October's manifest is a mix-up."""
    profile = PROFILE | {"delivery": {"name_pattern": r"^lohn_(?P<period>\d{6})\.csv$"}}
    source = make(profile, Place({"path": str(tmp_path)}), datev.read_file)
    delivery.put("lohn_202609.csv")
    (told,) = read(source).findings
    assert told.where.field == "file name"
    assert "202609" in told.message


def test_another_period_is_not_offered(source: DropSource, delivery: Delivery) -> None:
    """A late file of September does not enter October's close."""
    delivery.put(period="2026-09")
    assert source.discover(PERIOD) == []


def test_file_and_manifest_must_agree_on_what_they_are_about(
    source: DropSource, delivery: Delivery
) -> None:
    """The controller relies on it: another entity's file never books here."""
    delivery.put(entity="UK01", currency="GBP")
    told = {found.where.field for found in read(source).findings}
    assert {"entity", "currency"} <= told


def test_a_link_out_of_the_folder_is_never_followed(
    source: DropSource, delivery: Delivery, tmp_path: Path
) -> None:
    """The platform relies on it: a provider can't make us read our own files."""
    secret = tmp_path / "secret"
    secret.write_bytes(a_batch(*ROWS))
    path = delivery.put()
    path.unlink()
    path.symlink_to(secret)
    assert source.discover(PERIOD) == []
    with pytest.raises(VendorRefusedError, match="link"):
        source.fetch(DocumentRef("de-datev", "lohn.csv", '{"file":"lohn.csv"}'))


@pytest.mark.parametrize("name", ["../secret", "a/b", "..", "", "a\\b"])
def test_a_name_never_leaves_the_folder(source: DropSource, tmp_path: Path, name: str) -> None:
    """A manipulated reference reads nothing."""
    (tmp_path / "secret").write_bytes(b"x")
    with pytest.raises(VendorRefusedError, match="leaves the provider's folder"):
        source.fetch(DocumentRef("de-datev", name, json.dumps({"file": name})))


def test_a_file_above_the_limit_is_refused(tmp_path: Path, delivery: Delivery) -> None:
    """A file of any size can't take the memory of a worker."""
    delivery.put()
    profile = PROFILE | {"delivery": {"largest_bytes": 100}}
    small = make(profile, Place({"path": str(tmp_path)}), datev.read_file)
    assert small.discover(PERIOD) == []
    with pytest.raises(VendorRefusedError, match="larger than 100 bytes"):
        small.fetch(DocumentRef("de-datev", "lohn.csv", '{"file":"lohn.csv"}'))


def test_a_file_replaced_between_discovery_and_fetch_waits_for_the_next_sweep(
    source: DropSource, delivery: Delivery
) -> None:
    """Bytes are never paired with another file's manifest."""
    delivery.put()
    (ref,) = source.discover(PERIOD)
    delivery.put(content=a_batch(ROWS[1]), run_id="another")
    with pytest.raises(VendorUnavailableError, match="replaced"):
        source.fetch(ref)
    (delivery.folder / "lohn.csv").unlink()
    with pytest.raises(VendorUnavailableError, match="not there"):
        source.fetch(ref)


def test_an_unusable_manifest_is_told_not_skipped(source: DropSource, delivery: Delivery) -> None:
    """finance_ops relies on it: a file that lies there is never silently ignored."""
    path = delivery.put(debit="12,5", currency="EURO")
    rest(path)
    with pytest.raises(UnreadableDocumentError, match="currency"):
        read(source)


def test_the_same_bytes_under_another_name_are_one_hash_in_one_run(
    source: DropSource, delivery: Delivery
) -> None:
    """The store relies on it to see the duplicate."""
    delivery.put("lohn.csv")
    delivery.put("lohn_neu.csv")
    first, second = source.discover(PERIOD)
    assert first.group == second.group
    assert source.fetch(first) == source.fetch(second)


def test_stored_bytes_are_read_again_without_the_folder(
    source: DropSource, delivery: Delivery
) -> None:
    """Replay relies on it: all that reading needs travels with the document."""
    path = delivery.put()
    document, content = taken(source)
    before = source.read(document, content)
    path.unlink()
    path.with_name("lohn.csv.manifest.json").unlink()
    after = source.read(document, content)
    assert after.control == before.control
    assert after.frames["pay_line"].equals(before.frames["pay_line"])


def test_strange_names_are_shown_without_their_marks(
    source: DropSource, delivery: Delivery
) -> None:
    """Logs and pages rely on it: a name can't forge a line or turn the writing direction."""
    delivery.put("lohn\n;\u202egpj.csv")
    (ref,) = source.discover(PERIOD)
    assert ref.name == "lohn\ufffd;\ufffdgpj.csv"
    assert source.fetch(ref)[0] == a_batch(*ROWS)


def test_acknowledging_twice_answers_taken_twice(source: DropSource, delivery: Delivery) -> None:
    """Extract may repeat it after a crash."""
    delivery.put()
    document, _ = taken(source)
    for _ in range(2):
        assert [answer.taken for answer in source.acknowledge([document])] == [True]
