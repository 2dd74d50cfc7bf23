"""Packed and strangely named deliveries by the list of known ones, B60 to B63.

Nothing is ever unpacked: an archive is refused by its first bytes, so how much or what it holds
can do no harm. A name is shown, never used as a path.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.contract.test_drop_source import PERIOD, PROFILE, Delivery, Place, taken
from tests.harness.sources import ROOT
from tieout.adapters import datev, delimited, fec, sie
from tieout.adapters.drop import make
from tieout.errors import UnreadableDocumentError

NOT_PACKED = "Ask the provider to deliver the file itself, not packed."
#: What a reader may take beside the interpreter and its libraries, in KiB.
MEMORY_KIB = 300 * 1024


@pytest.fixture
def delivery(tmp_path: Path) -> Delivery:
    """The empty folder of one provider."""
    folder = tmp_path / "de-datev"
    folder.mkdir()
    return Delivery(folder)


def zipped(*members: tuple[str, bytes], mode: int = 0o100644, flags: int = 0) -> bytes:
    """A zip archive with these members, of this mode, with these flags."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            about = zipfile.ZipInfo(name)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = mode << 16
            archive.writestr(about, content)
    content = held.getvalue()
    return content[:6] + bytes((content[6] | flags,)) + content[7:]


def tarred(name: str) -> bytes:
    """A tar archive with one link of this name."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        about = tarfile.TarInfo(name)
        about.type = tarfile.SYMTYPE
        about.linkname = "/etc/passwd"
        archive.addfile(about)
    return held.getvalue()


#: 42 MB of zeros in 41 kB, and a hundred times that in one gzip file of many members.
_ZEROS = bytes(42 * 1000 * 1000)
ARCHIVES = {
    "B60 zip bomb": (zipped(("pay.csv", _ZEROS)), "a zip archive"),
    "B60 gzip bomb": (gzip.compress(_ZEROS) * 100, "a gzip archive"),
    "B61 path outside": (zipped(("../../etc/x", b"x")), "a zip archive"),
    "B61 absolute path": (zipped(("/etc/x", b"x")), "a zip archive"),
    "B61 link": (zipped(("pay.csv", b"/etc/passwd"), mode=0o120777), "a zip archive"),
    "B61 link in tar": (tarred("pay.csv"), "a tar archive"),
    "B62 password": (zipped(("pay.csv", b"x"), flags=1), "a zip archive"),
    "B62 nested": (zipped(("pay.zip", zipped(("pay.csv", b"x")))), "a zip archive"),
    "B62 empty": (zipped(), "an empty zip archive"),
    "B62 7-Zip": (b"7z\xbc\xaf\x27\x1c\x00\x04", "a 7-Zip archive"),
}
READERS = [datev, delimited, fec, sie]


@pytest.mark.parametrize("reader", READERS, ids=lambda module: module.__name__.rpartition(".")[2])
@pytest.mark.parametrize("case", ARCHIVES)
def test_an_archive_is_refused_and_nothing_of_it_is_written(
    tmp_path: Path, delivery: Delivery, reader: ModuleType, case: str
) -> None:
    """finance_ops relies on it: the provider is asked for the file, and no byte is unpacked."""
    content, kind = ARCHIVES[case]
    delivery.put("lohn.csv", content)
    before = sorted(path.name for path in tmp_path.rglob("*"))
    profile = PROFILE if reader is datev else {"provider": "de-datev"}
    source = make(profile, Place({"path": str(tmp_path)}), reader.read_file)
    document, fetched = taken(source)
    with pytest.raises(UnreadableDocumentError) as caught:
        source.read(document, fetched)
    assert caught.value.message == f"This is {kind}, not a payroll posting file."
    assert (caught.value.where.document, caught.value.next_step) == ("lohn.csv", NOT_PACKED)
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("lohn\nrm -rf.csv", "lohn\ufffdrm -rf.csv"),
        ("lohn;drop table.csv", "lohn;drop table.csv"),
        ("lohn\u202egsc.vsc", "lohn\ufffdgsc.vsc"),
        ("l" * 200 + ".csv", "l" * 200 + ".csv"),
    ],
    ids=["line break", "semicolon", "right to left", "long"],
)
def test_b63_a_strange_name_is_shown_without_its_marks_and_read(
    tmp_path: Path, delivery: Delivery, name: str, shown: str
) -> None:
    """B63: a name never moves a cursor, ends a line of a log, or hides its ending."""
    delivery.put(name)
    source = make(PROFILE, Place({"path": str(tmp_path)}), datev.read_file)
    document, content = taken(source)
    assert document.name == shown
    assert source.read(document, content).frames["pay_line"].height == 4


def test_b63_a_name_too_long_for_a_manifest_is_no_delivery(
    tmp_path: Path, delivery: Delivery
) -> None:
    """B63: 255 bytes leave no room for the manifest's name; the file waits, others go on."""
    (delivery.folder / ("l" * 251 + ".csv")).write_bytes(b"x")
    delivery.put("lohn.csv")
    source = make(PROFILE, Place({"path": str(tmp_path)}), datev.read_file)
    assert [ref.name for ref in source.discover(PERIOD)] == ["lohn.csv"]


_MEASURED = """
import json, resource, sys
from pathlib import Path
from tests.unit.reading_a_file import read
from tieout.adapters import datev, delimited, fec, sie
from tieout.errors import UnreadableDocumentError

profile = {"container": {"encoding": "utf-8"}, "columns": {"source_account": "a", "amount": "b"}}
delimited.read_file  # its libraries count as the interpreter's
read(delimited, b"a,b\\n1,1.00\\n" * 9000, profile)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in map(Path, sys.argv[1:]):
    for module, knobs in ((datev, None), (fec, None), (sie, None), (delimited, profile)):
        try:
            read(module, path.read_bytes(), knobs)
        except UnreadableDocumentError:
            pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_bad_files_take_little_memory(tmp_path: Path) -> None:
    """Reliability: a hostile file of a megabyte never takes the machine's memory."""
    deep = {"a": "[" * 400_000}
    hostile = {
        **{str(number): content for number, (content, _) in enumerate(ARCHIVES.values())},
        "marks": b"a,b\n" + b"," * 1_000_000,
        "quotes": b'a,b\n"' + b'""' * 500_000,
        "rows": b"a,b\n" + b"1\n" * 500_000,
        "amounts": b"a,b\n" + b"1,((((\n" * 140_000,
        "deep": json.dumps(deep).encode(),
        "words": b"#VER " + b'{"' * 500_000,
    }
    for name, content in hostile.items():
        (tmp_path / name).write_bytes(content)
    ran = subprocess.run(
        [sys.executable, "-c", _MEASURED, *sorted(str(path) for path in tmp_path.iterdir())],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'include'}"},
    )
    assert int(ran.stdout) < MEMORY_KIB
