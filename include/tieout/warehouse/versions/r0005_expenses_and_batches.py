"""expenses and batches: see sql/migrations/0005_expenses_and_batches.sql."""

from tieout.warehouse.migrator import run_file

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Run the file."""
    run_file("0005_expenses_and_batches.sql")
