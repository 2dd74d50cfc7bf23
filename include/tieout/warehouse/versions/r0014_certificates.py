"""certificates of periods: see sql/migrations/0014_certificates.sql."""

from tieout.warehouse.migrator import run_file

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Run the file."""
    run_file("0014_certificates.sql")
