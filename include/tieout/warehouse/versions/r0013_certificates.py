"""certificates of periods: see sql/migrations/0013_certificates.sql."""

from tieout.warehouse.migrator import run_file

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Run the file."""
    run_file("0013_certificates.sql")
