"""Numbered SQL files run through Alembic, under an advisory lock.

A revision is its ids and one call; the SQL is immutable once shipped. No autogenerate.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import psycopg
import sqlalchemy as sa
from alembic import command, op
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from tieout.warehouse.store import sql_root
from tieout.warehouse.violations import told_in_our_words

_LOCK = 7_410_273_001


def run_file(name: str) -> None:
    """Execute one file of sql/migrations as driver SQL (no parameters, many statements)."""
    text = (sql_root() / "migrations" / name).read_text(encoding="utf-8")
    connection = op.get_bind().connection.driver_connection
    # The driver's own execute without parameters: many statements, and no meaning for `%`.
    cast("psycopg.Connection[object]", connection).execute(text.encode())


def _config(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("version_locations", str(Path(__file__).parent / "versions"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migrate(url: str) -> str:
    """Bring the database to the newest revision; returns it. Safe to repeat and to race."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    try:
        with told_in_our_words(), engine.connect() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_lock(_LOCK)))
            connection.commit()
            try:
                command.upgrade(_config(connection), "head")
                connection.commit()
                return MigrationContext.configure(connection).get_current_revision() or ""
            finally:
                connection.rollback()
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_LOCK)))
                connection.commit()
    finally:
        engine.dispose()
