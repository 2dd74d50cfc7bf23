"""exceptions: see sql/migrations/0004_exceptions.sql."""

from tieout.warehouse.migrator import run_file

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Run the file."""
    run_file("0004_exceptions.sql")
