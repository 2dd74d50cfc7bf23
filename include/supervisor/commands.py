"""The supervisor's commands: each ends with an exit code, and says trouble in one sentence."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from collections.abc import Callable, Sequence

from supervisor import credentials, databases, declared, environment, placing
from supervisor.console import complain, say, table
from supervisor.errors import Trouble
from supervisor.files import is_full_disk, only_one, read_json
from supervisor.home import Home
from supervisor.processes import MARK, memory_of
from supervisor.runtime import WATCHER, Runtime, Wish, run_in_front
from supervisor.watching import Watcher

SHOWN_LINES = 40


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    asked = _parser().parse_args(arguments)
    act: Callable[[Runtime, argparse.Namespace], int] = asked.act
    try:
        home = Home.of_environment()
        return act(Runtime(home, declared.read(home.root)), asked)
    except Trouble as trouble:
        complain(str(trouble))
    except KeyboardInterrupt:
        complain("Interrupted. `make down` stops what was started.")
    except PermissionError as error:
        complain(f"{error.filename} belongs to another user. Run this as that user.")
    except OSError as error:
        if not is_full_disk(error):
            raise
        complain(f"The disk is full ({error.filename}). Free some space, then try again.")
    return 1


def up(runtime: Runtime, asked: argparse.Namespace) -> int:
    """Start everything in everyday mode: schedules on, real time."""
    runtime.home.make()
    with only_one(runtime.home.lock, "up"):
        _up(runtime, Wish(demo=False, seed=asked.seed))
    return 0


def demo(runtime: Runtime, asked: argparse.Namespace) -> int:
    """Start everything for the demonstration, play it, leave everything running."""
    runtime.home.make()
    with only_one(runtime.home.lock, "demo"):
        _up(runtime, Wish(demo=True, seed=asked.seed))
        settings = environment.shared(runtime.home, runtime.declared, demo=True)
        seed = runtime.seed() or runtime.declared.first_seed
        command = environment.filled(runtime.declared.demo, runtime.home, seed)
        return run_in_front(command, settings | {MARK: str(runtime.home.path)})


def down(runtime: Runtime, _asked: argparse.Namespace) -> int:
    """Stop everything; also what a killed command left behind."""
    if not runtime.home.path.is_dir():
        say("Nothing was running.")
        return 0
    runtime.home.make()
    with only_one(runtime.home.lock, "down"):
        say("Stopped." if runtime.down() else "Nothing was running.")
    return 0


def status(runtime: Runtime, _asked: argparse.Namespace) -> int:
    """Show each process with its state, age, memory and ports."""
    home = runtime.home
    chosen = read_json(home.ports)
    server = databases.of(home, runtime.declared)
    ours = isinstance(server, databases.Embedded)
    state = "running" if home.path.is_dir() and server.running() else "stopped"
    rows = [_row("postgres", state, str(chosen.get("postgres", "-")) if ours else "elsewhere")]
    listening = {part.name: part.listens for part in runtime.declared.components}
    for name in [*listening, WATCHER]:
        record = runtime.registry.living(name)
        seen = ", ".join(str(chosen[port]) for port in listening.get(name, ()) if port in chosen)
        if record is None:
            rows.append(_row(name, "stopped", ports=seen))
            continue
        age = _age(time.time() - record.since)
        memory = f"{memory_of(record.number) / 2**20:.0f} MB"
        rows.append((name, "running", str(record.number), age, memory, seen or "-"))
    say(table(("process", "state", "number", "since", "memory", "ports"), rows))
    mode = read_json(home.mode)
    if mode:
        kind = "demonstration" if mode.get("demo") else "everyday"
        say(f"\nMode: {kind} · company of seed {mode['seed']} · {_url(chosen)}")
    return 0


def logs(runtime: Runtime, asked: argparse.Namespace) -> int:
    """Show the end of every log, or follow one."""
    if asked.name:
        log = runtime.home.logs / f"{asked.name}.log"
        if not log.is_file():
            known = ", ".join(sorted(path.stem for path in runtime.home.logs.glob("*.log")))
            raise Trouble(f"There is no log {asked.name}.", f"Name one of: {known or 'none yet'}.")
        return run_in_front(["tail", "-n", "200", "-F", str(log)], dict(os.environ))
    for log in sorted(runtime.home.logs.glob("*.log")):
        say(f"==> {log}")
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        say("\n".join(lines[-SHOWN_LINES:]))
    return 0


def clean(runtime: Runtime, _asked: argparse.Namespace) -> int:
    """Stop everything and delete what the runtime made on this machine."""
    aside = placing.aside_of(runtime.home.path)
    if runtime.home.path.is_dir():
        runtime.home.make()
        with only_one(runtime.home.lock, "clean"):
            runtime.down()
            databases.of(runtime.home, runtime.declared).remove()
            shutil.rmtree(runtime.home.path)
    if aside.is_dir() and aside.stat().st_uid == os.geteuid():
        shutil.rmtree(aside)
    say(f"{runtime.home.path} is removed.")
    return 0


def watch(runtime: Runtime, _asked: argparse.Namespace) -> int:
    """Restart what dies, until stopped."""
    Watcher(runtime).run()
    return 0


def pools(runtime: Runtime, _asked: argparse.Namespace) -> int:
    """Print the declared pools in the form that `airflow pools import` reads."""
    declared_pools = {
        pool.name: {"slots": pool.slots, "description": pool.description, "include_deferred": False}
        for pool in runtime.declared.pools
    }
    say(json.dumps(declared_pools, indent=2))
    return 0


def execute(runtime: Runtime, asked: argparse.Namespace) -> int:
    """Run a command in the runtime's environment, Airflow's settings included."""
    mode = read_json(runtime.home.mode)
    settings = environment.shared(runtime.home, runtime.declared, demo=bool(mode.get("demo")))
    server = databases.of(runtime.home, runtime.declared)
    url = server.url(runtime.declared.metadata_database)
    settings |= environment.of_airflow(runtime.home, read_json(runtime.home.ports), url)
    return run_in_front(asked.command, settings)


def _up(runtime: Runtime, wish: Wish) -> None:
    began = time.monotonic()
    fresh = credentials.new_passwords(runtime.home)
    runtime.up(wish)
    say(f"Up after {time.monotonic() - began:.1f} s: {_url(read_json(runtime.home.ports))}")
    if fresh:
        say("\nUsers and their passwords, shown this once:\n")
        say(table(("user", "password"), list(fresh.items())))
        say(f"\nThey are kept in {runtime.home.passwords}, readable for you alone.")


def _url(chosen: dict[str, int]) -> str:
    return f"http://127.0.0.1:{chosen.get('airflow', '?')}"


def _row(name: str, state: str, ports: str) -> tuple[str, ...]:
    return (name, state, "-", "-", "-", ports or "-")


def _age(seconds: float) -> str:
    minutes = int(seconds // 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def _seed(text: str) -> int | None:
    return int(text) if text.strip() else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m supervisor", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for act in (up, demo, down, status, logs, clean, watch, pools):
        command = commands.add_parser(act.__name__, help=(act.__doc__ or "").splitlines()[0])
        command.set_defaults(act=act)
        if act in {up, demo}:
            command.add_argument("--seed", type=_seed, default=None, help="the company wanted")
        if act is logs:
            command.add_argument("--name", default="", help="follow this process's log")
    command = commands.add_parser("exec", help=(execute.__doc__ or "").splitlines()[0])
    command.set_defaults(act=execute)
    command.add_argument("command", nargs="+")
    return parser
