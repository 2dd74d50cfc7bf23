"""mapping validities: see sql/migrations/0012_mapping_validities.sql."""

from tieout.warehouse.migrator import run_file

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Run the file."""
    run_file("0012_mapping_validities.sql")
