"""Alignment and readiness: see sql/migrations/0016_alignment.sql."""

from tieout.warehouse.migrator import run_file

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Run the file."""
    run_file("0016_alignment.sql")
