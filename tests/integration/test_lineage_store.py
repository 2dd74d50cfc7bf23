"""Lineage in the store: both directions by id, shares, and what a migration keeps of it."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from tests.cockpit.seeding import Month, office_on, seed
from tieout.cockpit.controls_read import CONTROLS, broken
from tieout.warehouse.line_sets import BLOCK_LINES
from tieout.warehouse.migrator import _config, migrate
from tieout.workflows.build_rows import copy_lineage
from tieout.workflows.trace_links import line_ended, sources_behind

FAR = 2 * BLOCK_LINES + 5


@pytest.fixture
def month(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Month]:
    """A built month."""
    for office in office_on(warehouse_url, monkeypatch):
        yield seed(office)


def relink(month: Month, url: str, *links: tuple[int, list[int], int, list[int] | None]) -> None:
    """Put other links in place of those of the journal that is tied."""
    with psycopg.connect(url.replace("+psycopg", "")) as store:
        store.execute(
            "DELETE FROM lineage_block WHERE journal_id ="
            " (SELECT journal_id FROM journal WHERE external_id = %s)",
            (month.tied,),
        )
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "external_id": pl.String, "line_number": pl.Int32, "document": pl.String,
        "source_lines": pl.List(pl.Int32), "amount_minor": pl.Int64, "shares": pl.List(pl.Int64),
    }  # fmt: skip
    rows = [
        (month.tied, number, month.document, lines, amount, shares)
        for number, lines, amount, shares in links
    ]
    with month.office.warehouse.transaction() as work:
        copy_lineage(work, pl.DataFrame(rows, schema=schema, orient="row"))


def test_a_journal_line_names_the_source_lines_behind_it_with_their_shares(
    month: Month, warehouse_url: str
) -> None:
    """The auditor relies on it: of a line that is split, the part that went here is stated."""
    relink(
        month, warehouse_url,
        (1, [1, 2, FAR], 700, None), (2, [2, 3], 100, [60, 40]), (3, [1, 2, 3, FAR], -800, None),
    )  # fmt: skip
    with month.office.warehouse.transaction() as work:
        (first,) = sources_behind(work, month.tied, 1)
        (second,) = sources_behind(work, month.tied, 2)
        assert sources_behind(work, month.tied, 4) == []
    assert (first.document, first.amount_minor) == (month.document, 700)
    assert (first.source_lines, first.shares_minor) == ([1, 2, FAR], [None] * 3)
    assert (second.source_lines, second.shares_minor) == ([2, 3], [60, 40])


def test_a_source_line_names_the_journal_lines_it_stands_behind(
    month: Month, warehouse_url: str
) -> None:
    """The controller relies on it: from a line of the file to the journal, and where it ended."""
    relink(
        month, warehouse_url,
        (1, [1, 2, FAR], 700, None), (2, [2, 3], 100, [60, 40]), (3, [1, 2, 3, FAR], -800, None),
    )  # fmt: skip
    with month.office.warehouse.transaction() as work:
        ended = line_ended(work, month.document, 2)
        held = line_ended(work, month.document, 5)
        assert line_ended(work, month.document, 7) is None
    assert ended is not None
    assert (ended.state, ended.external_id) == ("built", month.tied)
    assert [(each.line_number, each.share_minor) for each in ended.reached] == [
        (1, None), (2, 60), (3, None),
    ]  # fmt: skip
    assert held is not None
    assert (held.state, held.reason, list(held.reached)) == ("held", "cost_center_unmapped", [])


def test_lineage_sums_back_to_both_sides_or_a_control_tells(
    month: Month, warehouse_url: str
) -> None:
    """The auditor relies on it: a link that is lost, doubled or off by a cent has an answer."""
    with month.office.warehouse.transaction() as work:
        assert {name for name in CONTROLS if broken(work, name)} == set()
    relink(month, warehouse_url, (1, [1, 2], 1, None), (2, [3], 1_437_550, None))
    with month.office.warehouse.transaction() as work:
        told = {name: broken(work, name) for name in CONTROLS}
    assert [row["line_number"] for row in told["lineage_off_the_line"]] == [1, 3]
    assert {row["component_class"] for row in told["lineage_off_the_source"]} == {
        "wages", "clearing",
    }  # fmt: skip
    assert [(row["built_count"], row["linked_count"]) for row in told["lines_without_a_link"]] == [
        (4, 3)
    ]


OLD = """
INSERT INTO source_document (sha256, provider, name, size_bytes, media_type, received_at)
VALUES (repeat('d', 64), 'p', 'f.csv', 1, 'text/plain', now());
INSERT INTO work_unit (unit_key, provider, kind, period, created_at, changed_at)
VALUES ('u', 'p', 'payroll', '2026-10', now(), now());
INSERT INTO journal (external_id, journal_key, entity, kind, period, batch, revision, part,
  unit_key, accounting_date, currency, memo, debit_minor, line_count, content_hash, content,
  correlation_id, makers, built_at, changed_at)
VALUES ('J-1', 'k', 'DE01', 'payroll', '2026-10', 'u', 1, 1, 'u', '2026-10-31', 'EUR', 'm', 500, 2,
  repeat('c', 64), '{}', gen_random_uuid(), '{}', now(), now());
INSERT INTO journal_line VALUES ('J-1', 1, '6010', '', '', 'wages', 500, 'Wages', 2),
  ('J-1', 2, '2200', '', '', 'clearing', -500, 'Clearing', 2);
INSERT INTO lineage VALUES ('J-1', 1, repeat('d', 64), '{1,2,40000}', 500),
  ('J-1', 2, repeat('d', 64), '{3}', -500);
INSERT INTO disposition (document, unit_key, state, reason, external_id, source_lines, debit_minor,
  credit_minor)
VALUES (repeat('d', 64), 'u', 'built', '', 'J-1', '{1,2,3,40000}', 500, 500),
  (repeat('d', 64), 'u', 'held', 'x', NULL, '{}', 0, 0);
"""


def test_a_store_that_holds_lineage_keeps_all_of_it_when_it_is_migrated(
    empty_database_url: str,
) -> None:
    """The auditor relies on it: an upgrade changes the form of the trail and nothing it says."""
    engine = sa.create_engine(empty_database_url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        command.upgrade(_config(connection), "0010")
        connection.commit()
    with psycopg.connect(empty_database_url.replace("+psycopg", "")) as store:
        store.execute(OLD)
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url.replace("+psycopg", "")) as store:
        lines = store.execute(
            "SELECT external_id, line_number, amount_minor, link_count FROM lineage ORDER BY 2"
        ).fetchall()
        links = store.execute(
            "SELECT line_number, source_line, share_minor FROM lineage_link ORDER BY 1, 2"
        ).fetchall()
        ended = store.execute(
            "SELECT state, lines_of_ranges(source_lines), line_count FROM disposition ORDER BY 1"
        ).fetchall()
    assert lines == [("J-1", 1, 500, 3), ("J-1", 2, -500, 1)]
    assert links == [(1, 1, None), (1, 2, None), (1, 40_000, None), (2, 3, None)]
    assert ended == [("built", [1, 2, 3, 40_000], 4), ("held", [], 0)]
