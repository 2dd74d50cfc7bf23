"""Commands of the close that act as a signed-in user: login, approve, post, tie-out, proof, trace.

They go through Airflow's login and the same APIs that people's browsers use, so no command can act
for somebody else.
"""

from __future__ import annotations

import argparse
import getpass
from typing import Any

from tieout.errors import TieoutError


def add_commands(commands: Any) -> None:
    """Register the commands."""
    login = commands.add_parser("login", help="sign in with Airflow's own login")
    login.add_argument("user")
    login.set_defaults(handler=_login)
    approve = commands.add_parser("approve", help="answer the approval of an entity's journals")
    approve.add_argument("entity")
    approve.add_argument("--period", required=True)
    approve.add_argument("--reject", nargs="*", default=[], help="external ids to reject")
    approve.add_argument("--comment", default="")
    approve.add_argument("--json", action="store_true")
    approve.set_defaults(handler=_approve)
    for name, dag, what in (
        ("post", "posting_window", "post what is approved and allowed now"),
        ("tie-out", "tie_out", "read the ledger back and compare"),
    ):
        command = commands.add_parser(name, help=what)
        command.add_argument("--period", required=True)
        command.add_argument("--json", action="store_true")
        command.set_defaults(handler=_run_dag, dag=dag)
    proof = commands.add_parser("proof", help="certificate and bridges of a period")
    proof.add_argument("--period", required=True)
    proof.add_argument("--entity", default="", help="one entity; default all")
    proof.add_argument("--json", action="store_true")
    proof.set_defaults(handler=_proof)
    trace = commands.add_parser("trace", help="from any id to everything linked with it")
    trace.add_argument("id")
    trace.add_argument("--json", action="store_true")
    trace.set_defaults(handler=_trace)


def _login(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_session import sign_in

    sign_in(options.user, getpass.getpass(f"Password of {options.user}: "))
    emit(options, {}, f"Signed in as {options.user}.")
    return 0


def _approve(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_session import session

    here = session()
    asked = [
        item
        for item in here.waiting_approvals()
        if item["entity"] == options.entity and options.period in item["subject"]
    ]
    if not asked:
        raise TieoutError(
            f"Nothing of {options.entity} {options.period} waits for an approval.",
            next_step="Start month_end_close, or look at the board.",
        )
    here.answer(asked[0], options.reject, options.comment)
    emit(options, {"answered": asked[0]["subject"]}, f"Answered: {asked[0]['subject']}.")
    return 0


def _run_dag(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_session import session

    here = session()
    state = here.run_dag(options.dag, options.period)
    tie_out = here.get(f"/tieout/api/tie-out?period={options.period}")
    emit(options, {"run": state, "tie_out": tie_out}, f"{options.dag} ended as {state}.")
    return 0 if state == "success" else 1


def _proof(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_session import session

    found = dict(session().get(f"/tieout/api/proof?period={options.period}"))
    found["entities"] = [
        each for each in found["entities"] if options.entity in {"", each["entity"]}
    ]
    emit(options, found, "\n".join(proof_lines(found["entities"])))
    return 0 if is_proven(found["entities"]) else 1


def is_proven(entities: list[dict[str, Any]]) -> bool:
    """Whether every certificate adds up and nothing bars a signing."""
    return all(each["certificate"]["equal"] and not each["bars_signing"] for each in entities)


def proof_lines(entities: list[dict[str, Any]]) -> list[str]:
    """One line for each equation, clearing account and foreign currency."""
    lines = []
    for each in entities:
        certificate = each["certificate"]
        told = "adds up" if certificate["equal"] else "; ".join(certificate["failures"])
        lines.append(f"{each['entity']}: certificate {certificate['hash'][:12]}: {told}")
        for flow in certificate["flows"]:
            count = {name: flow[name]["lines"] for name in flow if isinstance(flow[name], dict)}
            lines.append(
                f"  {flow['kind']} {flow['currency']}: {count['opening_held']} held before + "
                f"{count['carried_in']} carried in + {count['came_in']} in = {count['built']} built"
                f" + {count['excluded']} excluded + {count['held']} held + "
                f"{count['carried_out']} carried out"
            )
        lines += [
            f"  clearing {one['route']} {one['account']}: {one['opening']} + {one['booked']} - "
            f"{one['paid']} = {one['closing']} {one['currency']}, open items {one['open']} "
            f"({one['open_items']})"
            for one in each["clearing"]
        ]
        lines += [
            f"  {one['spend_currency']} at {one['reference_source']}: {one['approved']} approved, "
            f"{one['difference']} {one['currency']} explained over {one['entries']} entries"
            for one in each["exchange"]
        ]
        lines += [
            f"  not to be signed: {one['message']} Next step: {one['next_step']}"
            for one in each["bars_signing"]
        ]
    return lines


def _trace(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_session import session

    found = session().get(f"/tieout/api/trace/{options.id}")
    lines = [f"{key}: {value}" for key, value in dict(found).items()]
    emit(options, found, "\n".join(lines))
    return 0
