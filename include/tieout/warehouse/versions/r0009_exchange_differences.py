"""exchange differences: see sql/migrations/0009_exchange_differences.sql."""

from tieout.warehouse.migrator import run_file

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Run the file."""
    run_file("0009_exchange_differences.sql")
