"""documents and units: see sql/migrations/0002_documents_and_units.sql."""

from tieout.warehouse.migrator import run_file

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Run the file."""
    run_file("0002_documents_and_units.sql")
