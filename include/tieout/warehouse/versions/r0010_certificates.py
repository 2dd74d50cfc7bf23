"""certificates of periods: see sql/migrations/0010_certificates.sql."""

from tieout.warehouse.migrator import run_file

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Run the file."""
    run_file("0010_certificates.sql")
