"""Two versions of a contract alive at once, an end that is kept, and changes nobody approved."""

from __future__ import annotations

import dataclasses
from datetime import date

import polars as pl
import pytest

from tests.builders.pay_runs import a_pay_run
from tieout.contracts.meaning import RowContract
from tieout.contracts.reading_version import REGISTRY, Registry, picked_for, read_by_version
from tieout.contracts.row_fields import PAY_LINE
from tieout.contracts.versions import PublishedVersion, Standing, pick_version
from tieout.errors import Finding, Severity
from tieout.stages.extract.unit_frame import ReadDocument, unit_frame
from tieout.stages.validate.rows import validate_rows

SUNSET = date(2027, 3, 31)
DAY_AFTER = date(2027, 4, 1)
LONG_BEFORE = date(2026, 10, 31)
#: Before it was called component_code, and without the day that the provider states for the books.
OLD = dataclasses.replace(
    PAY_LINE,
    version="1.0",
    fields=tuple(
        dataclasses.replace(field, name="pay_code") if field.name == "component_code" else field
        for field in PAY_LINE.fields
        if field.name != "posting_date"
    ),
    rules=(),
)
NEW: RowContract = dataclasses.replace(PAY_LINE, version="2.0")
BOTH = Registry(
    published=(
        PublishedVersion("pay_line", "1.0", sunset=SUNSET),
        PublishedVersion("pay_line", "2.0"),
        PublishedVersion("employee", "3.0"),
    ),
    contracts={("pay_line", 1): OLD, ("pay_line", 2): NEW},
    translations={
        ("pay_line", 1): lambda rows: rows.rename({"pay_code": "component_code"}).with_columns(
            posting_date=pl.lit("")
        )
    },
)


def new_rows() -> pl.DataFrame:
    """Two lines as a reader of the newest version delivers them."""
    return a_pay_run().component("GROSS", "9.00").component("NET", "9.00").read().frame


def old_rows() -> pl.DataFrame:
    """The same lines as a reader of the version before delivers them."""
    return new_rows().rename({"component_code": "pay_code"}).drop("posting_date")


def read(
    frame: pl.DataFrame, stated: str, on: date, registry: Registry = BOTH
) -> tuple[pl.DataFrame, tuple[Finding, ...]]:
    """The rows and what is told of a provider's document."""
    picked = picked_for("pay_line", stated, on, registry)
    return read_by_version(frame, picked, "jp-delimited", "march.csv", registry)


@pytest.mark.promise("S66")
@pytest.mark.parametrize(
    ("stated", "version"),
    [("pay_line@1", "1.0"), ("pay_line@1.0", "1.0"), ("pay_line@2", "2.0"), ("", "2.0")],
)
def test_the_reader_picks_the_version_that_the_provider_states(stated: str, version: str) -> None:
    """A provider relies on it: nobody has to move on the day a new version appears."""
    picked = picked_for("pay_line", stated, LONG_BEFORE, BOTH)
    assert (picked.version, picked.standing) == (version, Standing.TAKEN)
    assert picked.offered == ("1.0", "2.0")


@pytest.mark.promise("S66")
def test_rows_of_both_versions_come_out_alike() -> None:
    """The controller relies on it: what a line says does not hang on how it was delivered."""
    old, told_of_old = read(old_rows(), "pay_line@1", LONG_BEFORE)
    new, told_of_new = read(new_rows(), "pay_line@2", LONG_BEFORE)
    assert told_of_old == told_of_new == ()
    assert old.equals(new)


@pytest.mark.promise("S66")
@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (date(2027, 1, 30), []),
        (date(2027, 1, 31), ["contract_version_ending"]),
        (SUNSET, ["contract_version_ending"]),
        (DAY_AFTER, ["contract_version_over"]),
    ],
)
def test_an_end_is_told_before_it_comes_and_kept_when_it_has_come(
    on: date, codes: list[str]
) -> None:
    """Finance lead relies on it: sixty days to move, and then really no longer."""
    rows, told = read(old_rows(), "pay_line@1", on)
    assert [item.code for item in told] == codes
    assert rows.height == 2
    for item in told:
        assert item.where.document == "march.csv"
        assert "pay_line 1.0" in item.message
        assert "2027-03-31" in item.message
        assert "2.0" in item.next_step
        assert (item.severity is Severity.WARNING) == (item.code == "contract_version_ending")
    assert read(new_rows(), "pay_line@2", DAY_AFTER)[1] == ()


@pytest.mark.promise("S66")
@pytest.mark.parametrize("stated", ["pay_line@1", "pay_line@7", "employee@3", "nonsense"])
def test_no_row_of_a_refused_version_is_lost_or_built(stated: str) -> None:
    """The controller relies on it: what is refused is counted and waits as a whole."""
    rows, told = read(old_rows(), stated, DAY_AFTER)
    frame = unit_frame([ReadDocument("a" * 64, "march.csv", rows, told)])
    typed = validate_rows("pay_line", frame, {}).frame
    assert typed["line_no"].to_list() == [1, 2]
    code = "contract_version_over" if stated == "pay_line@1" else "contract_version_unknown"
    assert typed["document_holds"].to_list() == [[f"{code}|march.csv"]] * 2


@pytest.mark.promise("S67")
@pytest.mark.parametrize(
    ("frame", "columns"),
    [
        (new_rows().rename({"amount": "betrag"}), ["amount is gone", "betrag is new"]),
        (new_rows().drop("entity"), ["entity is gone"]),
        (new_rows().with_columns(shift=pl.lit("night")), ["shift is new"]),
    ],
    ids=["renamed", "removed", "added"],
)
def test_a_change_that_nobody_approved_holds_that_document_and_no_other(
    frame: pl.DataFrame, columns: list[str]
) -> None:
    """The controller relies on it: one provider's new format stops that provider alone."""
    changed, told = read(frame, "", LONG_BEFORE)
    sound, nothing = read(new_rows(), "", LONG_BEFORE)
    assert [item.found for item in told] == columns
    assert {item.code for item in told} == {"contract_drift"}
    assert nothing == ()
    joined = unit_frame(
        [
            ReadDocument("a" * 64, "march.csv", changed, told),
            ReadDocument("b" * 64, "other.csv", sound, nothing),
        ]
    )
    held = joined.filter(pl.col("document_holds").list.len() > 0)
    assert held["document"].unique().to_list() == ["a" * 64]
    assert held.height == joined.height - held.height == 2


def test_versions_are_ordered_by_number_and_a_minor_one_meets_its_major() -> None:
    """1.10 comes after 1.9."""
    published = [PublishedVersion("pay_line", text) for text in ("1.10", "1.9", "1.0")]
    assert pick_version("pay_line", "pay_line@1", LONG_BEFORE, published).version == "1.10"
    assert pick_version("pay_line", "", LONG_BEFORE, published).version == "1.10"
    assert pick_version("pay_line", "pay_line@1.9", LONG_BEFORE, published).version == "1.9"


def test_every_version_that_may_still_be_read_has_its_contract_and_a_way_to_the_newest() -> None:
    """Whoever publishes a new major version relies on it: nothing is offered that can't be read."""
    for one in REGISTRY.published:
        major = int(one.version.partition(".")[0])
        newest = max(number for name, number in REGISTRY.contracts if name == one.contract)
        assert (one.contract, major) in REGISTRY.contracts
        for step in range(major, newest):
            assert (one.contract, step) in REGISTRY.translations


def test_the_registry_reads_what_every_reader_delivers() -> None:
    """Every adapter relies on it: today's rows pass unchanged."""
    rows, told = read_by_version(
        new_rows(), picked_for("pay_line", "", LONG_BEFORE), "se-sie", "march.si"
    )
    assert told == ()
    assert rows.equals(new_rows().select(rows.columns))
