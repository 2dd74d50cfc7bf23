"""tie out: see sql/migrations/0008_tie_out.sql."""

from tieout.warehouse.migrator import run_file

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Run the file."""
    run_file("0008_tie_out.sql")
