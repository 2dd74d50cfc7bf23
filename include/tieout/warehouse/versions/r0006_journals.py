"""journals: see sql/migrations/0006_journals.sql."""

from alembic import op

from tieout.warehouse.migrator import run_file

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Run the file."""
    run_file(op, "0006_journals.sql")
