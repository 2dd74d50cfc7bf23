"""approvals and posting: see sql/migrations/0007_approvals_and_posting.sql."""

from tieout.warehouse.migrator import run_file

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Run the file."""
    run_file("0007_approvals_and_posting.sql")
