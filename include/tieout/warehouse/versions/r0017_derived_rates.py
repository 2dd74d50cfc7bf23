"""how a reference rate was derived: see sql/migrations/0017_derived_rates.sql."""

from tieout.warehouse.migrator import run_file

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Run the file."""
    run_file("0017_derived_rates.sql")
