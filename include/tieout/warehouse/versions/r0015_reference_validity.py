"""Validity of master data: see sql/migrations/0015_reference_validity.sql."""

from tieout.warehouse.migrator import run_file

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Run the file."""
    run_file("0015_reference_validity.sql")
