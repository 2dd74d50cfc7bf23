"""states and audit: see sql/migrations/0001_states_and_audit.sql."""

from tieout.warehouse.migrator import run_file

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the file."""
    run_file("0001_states_and_audit.sql")
