"""Who is signed in (Airflow says) and what they may see and do (our own role table says)."""

from __future__ import annotations

from typing import Annotated, Any

from airflow.api_fastapi.core_api.security import get_user
from fastapi import Depends

from tieout import bootstrap
from tieout.cockpit.reading import READERS, Reader, reading
from tieout.workflows.office import Office
from tieout.workflows.roles import require


def the_office() -> Office:
    """Everything that a use case may touch."""
    return bootstrap.office()


def signed_in(user: Annotated[Any, Depends(get_user)]) -> str:
    """The name of the signed-in user; Airflow refuses everybody else."""
    return str(user.get_name())


SignedIn = Annotated[str, Depends(signed_in)]
InOffice = Annotated[Office, Depends(the_office)]


def finance_reader(user: SignedIn, office: InOffice) -> Reader:
    """The user as a reader of finance's pages, with the entities that the roles cover.

    Raises:
        NotAllowedError: no role reads finance's pages.
    """
    require(office, user, *READERS)
    with reading(office) as work:
        grants = work.rows("setup", "roles_of", user_name=user)
    covered = {entity for row in grants if row["role"] in READERS for entity in row["entities"]}
    return Reader(user, tuple(sorted(covered)))


FinanceReader = Annotated[Reader, Depends(finance_reader)]
