"""What a signed-in user may do; our own role table, not Airflow's."""

from __future__ import annotations

from tieout.errors import NotAllowedError
from tieout.workflows.office import Office


def require(office: Office, user: str, *roles: str, entity: str = "") -> None:
    """Raise NotAllowedError unless the user holds one of the roles for the entity."""
    with office.warehouse.transaction() as work:
        held = work.rows("setup", "roles_of", user_name=user)
    for row in held:
        covers = not entity or "*" in row["entities"] or entity in row["entities"]
        if row["role"] in roles and covers:
            return
    where = f" for {entity}" if entity else ""
    raise NotAllowedError(
        f"{user} has no role that allows this{where}; it needs {' or '.join(roles)}.",
        next_step="Ask the platform owner for the role.",
    )


def roles_of(office: Office, user: str) -> list[str]:
    """The roles a user holds."""
    with office.warehouse.transaction() as work:
        return [row["role"] for row in work.rows("setup", "roles_of", user_name=user)]
