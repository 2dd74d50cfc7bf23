"""certificates of periods: see sql/migrations/0011_certificates.sql."""

from tieout.warehouse.migrator import run_file

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Run the file."""
    run_file("0011_certificates.sql")
