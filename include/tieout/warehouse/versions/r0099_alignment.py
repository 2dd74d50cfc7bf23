"""Alignment and readiness: see sql/migrations/0099_alignment.sql."""

from tieout.warehouse.migrator import run_file

revision = "0099"
down_revision = "0098"


def upgrade() -> None:
    """Run the file."""
    run_file("0099_alignment.sql")
