"""journals: see sql/migrations/0006_journals.sql."""

from tieout.warehouse.migrator import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the file."""
    run_file("0006_journals.sql")
