"""Prepare a store: state tables from the code, roles and the first load of finance's rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tieout.finance.states import transitions
from tieout.workflows.mapping_import import load_first
from tieout.workflows.mappings import Proposal
from tieout.workflows.office import Office


def set_up(
    office: Office, roles: Mapping[str, tuple[str, list[str]]], stated: Sequence[Proposal]
) -> int:
    """Fill what a fresh store needs; safe to repeat.

    Returns the number of rule rows that became active: those of the files in the first load of an
    empty store. Later changes of files are proposed by a person (`tieout import --author`).
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
    return load_first(office, stated)
