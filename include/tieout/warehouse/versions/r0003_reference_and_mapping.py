"""reference and mapping: see sql/migrations/0003_reference_and_mapping.sql."""

from tieout.warehouse.migrator import run_file

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Run the file."""
    run_file("0003_reference_and_mapping.sql")
