"""Prepare a store: state tables from the code, roles and the first load of finance's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieout.finance.states import transitions
from tieout.workflows.mapping_import import import_rows
from tieout.workflows.mappings import FILES_AUTHOR, Proposal
from tieout.workflows.office import Office


def set_up(
    office: Office, roles: Mapping[str, tuple[str, list[str]]], stated: Sequence[Proposal]
) -> tuple[int, bool]:
    """Fill what a fresh store needs; safe to repeat.

    Returns the number of rule rows that were new and whether they were activated (only in the
    first load of an empty store; later rows of files are proposals).
    """
    with office.warehouse.transaction() as work:
        work.run_many(
            "setup",
            "add_legal_transition",
            [
                {"object_kind": kind, "from_state": before, "to_state": after}
                for kind, before, after in transitions()
            ],
        )
        for user, (role, entities) in sorted(roles.items()):
            work.run("setup", "grant_role", user_name=user, role=role, entities=entities)
    return import_rows(office, stated, FILES_AUTHOR)
