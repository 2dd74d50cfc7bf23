"""One machine's runtime: it comes up, survives its people, and leaves nothing behind.

The processes here are small ones that do what Airflow and the twins do to a supervisor: listen,
have children, die. The supervisor is run as the commands behind `make` are: as a process.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import yaml

from supervisor.postgres import Cluster

pytestmark = pytest.mark.timeout(180)

PROJECT = """
[tool.supervisor]
databases = ["airflow", "tieout"]
metadata_database = "airflow"
warehouse_database = "tieout"
warehouse_connection = "tieout_warehouse"
generated_connections = "sandbox/connections.yaml"
demo = ["{python}", "-c", "raise SystemExit(int('{seed}') %% 5)"]
demo_begins_at = 2026-11-02T06:00:00Z
first_seed = 1
resets = ["sandbox", "stamps", "clock.json"]

[tool.supervisor.ports]
postgres = %(postgres)d
airflow = %(airflow)d
twin = %(twin)d

[[tool.supervisor.step]]
name = "prepare"
command = ["{python}", "{root}/prepare.py", "{home}"]
unchanged = ["prepare.py"]

[[tool.supervisor.process]]
name = "twin"
command = ["{python}", "{root}/twin.py", "{home}"]
after = ["prepare"]
listens = ["twin"]
sandbox = true

[tool.supervisor.pools]
"""
AIRFLOW = "[core]\nsimple_auth_manager_users = controller:user,platform:admin\n"
PREPARE = """
import os, pathlib, sys, time
home = pathlib.Path(sys.argv[1])
(home / "sandbox").mkdir(exist_ok=True)
(home / "sandbox" / "connections.yaml").write_text("twin: {conn_type: http, host: generated}")
(home / "prepared").open("a").write("once\\n")
if (home / "slow").exists():
    time.sleep(600)
if (home / "broken").exists():
    sys.exit("the seeds are unreadable")
"""
# Has a child that ignores the polite request, as a worker in the middle of a task may.
TWIN = """
import json, os, pathlib, signal, socket, subprocess, sys, time
subprocess.Popen([sys.executable, "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
port = json.loads((pathlib.Path(sys.argv[1]) / "ports.json").read_text())["twin"]
door = socket.socket()
door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
door.bind(("127.0.0.1", port))
door.listen()
while True:
    time.sleep(1)
"""


@dataclass
class Machine:
    """A checkout with a runtime of its own.

    Args:
        root: the checkout.
        ports: the ports that it declares.
        asked: settings of the person at the terminal.
    """

    root: Path
    ports: dict[str, int]
    asked: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        """The runtime's folder."""
        return self.root / ".tieout"

    @property
    def settings(self) -> dict[str, str]:
        """The environment of its commands."""
        cleared = {name: one for name, one in os.environ.items() if not name.startswith("TIEOUT")}
        return cleared | {"TIEOUT_ROOT": str(self.root)} | self.asked

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Begin a command and return at once."""
        return subprocess.Popen(
            [sys.executable, "-m", "supervisor", *words],
            env=self.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        """Run a command to its end: exit code and what it said."""
        process = self.begin(*words)
        said, _ = process.communicate(timeout=120)
        return process.returncode, said

    def up(self) -> str:
        """`make up`, which must succeed."""
        code, said = self.run("up")
        assert code == 0, said
        return said

    def stored(self, name: str) -> dict[str, Any]:
        """One of the runtime's JSON files."""
        found: dict[str, Any] = json.loads((self.home / name).read_text(encoding="utf-8"))
        return found

    def number_of(self, name: str) -> int:
        """The process number on record."""
        return int(self.stored(f"pids/{name}.json")["number"])

    def processes(self) -> set[int]:
        """All living processes that belong to this checkout."""
        found = set()
        for process in psutil.process_iter():
            try:
                if process.status() == psutil.STATUS_ZOMBIE:
                    continue
                marked = process.environ().get("TIEOUT_RUNTIME") == str(self.home)
                if marked or str(self.root) in " ".join(process.cmdline()):
                    found.add(process.pid)
            except psutil.Error:
                continue
        return found


def until(held: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something holds; fails when it never does."""
    deadline = time.monotonic() + seconds
    while not held():
        assert time.monotonic() < deadline, "it never came to be"
        time.sleep(0.05)


def listens(port: int) -> bool:
    """Whether somebody listens on that port of this machine."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A checkout whose runtime is stopped and removed after the test."""
    doors = [socket.socket() for _ in range(3)]
    for door in doors:
        door.bind(("127.0.0.1", 0))
    numbers = [door.getsockname()[1] for door in doors]
    for door in doors:
        door.close()
    ports = dict(zip(("postgres", "airflow", "twin"), numbers, strict=True))
    (tmp_path / "pyproject.toml").write_text(PROJECT % ports, encoding="utf-8")
    (tmp_path / "airflow.cfg").write_text(AIRFLOW, encoding="utf-8")
    (tmp_path / "prepare.py").write_text(PREPARE, encoding="utf-8")
    (tmp_path / "twin.py").write_text(TWIN, encoding="utf-8")
    found = Machine(tmp_path, ports)
    yield found
    code, said = found.run("clean")
    assert code == 0, said
    assert found.processes() == set()


def test_up_starts_everything_and_down_leaves_no_process(machine: Machine) -> None:
    """The platform team relies on it: `make down` frees the machine, stubborn children included."""
    machine.up()
    assert listens(machine.ports["twin"])
    assert listens(machine.ports["postgres"])

    code, said = machine.run("down")

    assert (code, said) == (0, "Stopped.\n")
    assert machine.processes() == set()
    assert not listens(machine.ports["twin"])
    assert not listens(machine.ports["postgres"])


def test_a_second_up_leaves_running_processes_alone(machine: Machine) -> None:
    """Who types it twice relies on it: nothing is interrupted, finished steps are not repeated."""
    machine.up()
    before = machine.number_of("twin")

    machine.up()

    assert machine.number_of("twin") == before
    assert (machine.home / "prepared").read_text(encoding="utf-8") == "once\n"


def test_another_mode_restarts_what_lives_by_it(machine: Machine) -> None:
    """The demonstration relies on it: no process goes on by the other clock."""
    machine.up()
    before = machine.number_of("twin")

    machine.run("demo", "--seed", "")

    after = psutil.Process(machine.number_of("twin")).environ()
    assert machine.number_of("twin") != before
    assert after["TIEOUT_SCHEDULES"] == "off"
    assert after["TIEOUT_CLOCK"] == str(machine.home / "clock.json")


def test_the_exit_code_of_the_demonstration_is_the_commands(machine: Machine) -> None:
    """CI relies on it: a close that doesn't tie is a failed command."""
    code, _ = machine.run("demo", "--seed", "3")
    assert code == 3


def test_a_second_command_at_the_same_time_is_refused_by_a_sentence(machine: Machine) -> None:
    """Who has two terminals relies on it: two starts never mix."""
    machine.home.mkdir()
    (machine.home / "slow").touch()
    first = machine.begin("up")
    until((machine.home / "pids" / "prepare.json").exists)

    code, said = machine.run("up")

    assert code == 1
    assert said.startswith(f"make up (process {first.pid}) is at work in ")
    assert len(said.splitlines()) == 1
    (machine.home / "slow").unlink()
    first.kill()
    first.wait()


def test_a_killed_start_is_cleaned_up_and_repeated(machine: Machine) -> None:
    """Who lost a terminal relies on it: what it left behind neither stays nor blocks."""
    machine.home.mkdir()
    (machine.home / "slow").touch()
    first = machine.begin("up")
    until((machine.home / "pids" / "prepare.json").exists)
    first.kill()
    first.wait()
    (machine.home / "slow").unlink()

    machine.run("down")
    assert machine.processes() == set()

    machine.up()
    assert listens(machine.ports["twin"])


def test_a_process_without_its_record_is_found_and_stopped(machine: Machine) -> None:
    """The platform team relies on it: a lost file hides no process."""
    machine.up()
    for record in (machine.home / "pids").glob("*.json"):
        record.unlink()

    machine.run("down")

    assert machine.processes() == set()


def test_a_record_of_a_reused_number_stops_no_stranger(machine: Machine) -> None:
    """Everybody on the machine relies on it: a number is not an identity."""
    machine.up()
    machine.run("down")
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    record = {"name": "twin", "number": stranger.pid, "birth": 1.0, "fingerprint": "", "since": 1.0}
    (machine.home / "pids" / "twin.json").write_text(json.dumps(record), encoding="utf-8")

    machine.run("down")

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_what_dies_is_started_again(machine: Machine) -> None:
    """Finance relies on it: a crashed process is no outage, nor is a killed database."""
    machine.up()
    before = machine.number_of("twin")
    os.kill(before, signal.SIGKILL)
    pid_file = Cluster(machine.home).place.cluster / "postmaster.pid"
    os.kill(int(pid_file.read_text(encoding="utf-8").splitlines()[0]), signal.SIGKILL)

    record = machine.home / "pids" / "twin.json"
    until(lambda: record.exists() and machine.number_of("twin") != before)
    until(lambda: listens(machine.ports["twin"]) and listens(machine.ports["postgres"]))


def test_a_busy_port_is_said_and_another_taken(machine: Machine) -> None:
    """Who runs something else on that port relies on it: nobody has to look for it."""
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", machine.ports["twin"]))
        stranger.listen()
        said = machine.up()

        chosen = machine.stored("ports.json")["twin"]
        assert chosen != machine.ports["twin"]
        assert listens(chosen)
        sentence = (
            f"Port {machine.ports['twin']} is in use by another program: twin takes {chosen}."
        )
        assert sentence in said


def test_a_failed_step_says_why_and_what_to_do(machine: Machine) -> None:
    """Whoever starts it relies on it: one sentence with the cause, no trace of Python."""
    machine.home.mkdir()
    (machine.home / "broken").touch()

    code, said = machine.run("up")

    assert code == 1
    assert said.splitlines()[-1].startswith(
        "prepare failed (exit code 1): the seeds are unreadable Read "
    )
    assert "Traceback" not in said
    (machine.home / "broken").unlink()
    machine.up()


def test_nothing_below_the_home_is_readable_for_others(machine: Machine) -> None:
    """Everybody whose pay is in there relies on it."""
    machine.up()
    for path in machine.home.rglob("*"):
        assert stat.S_IMODE(path.lstat().st_mode) & 0o077 == 0, path
    # As root others may pass through, to the database's own closed folder, and no more.
    assert stat.S_IMODE(machine.home.stat().st_mode) & 0o066 == 0


def test_passwords_are_shown_once_and_kept(machine: Machine) -> None:
    """The users rely on it: a restart changes no password and shows none."""
    said = machine.up()
    kept = machine.stored("passwords.json")
    assert set(kept) == {"controller", "platform"}
    assert all(password in said for password in kept.values())

    again = machine.up()

    assert machine.stored("passwords.json") == kept
    assert not any(password in again for password in kept.values())


def test_a_connection_that_a_person_changed_stays_changed(machine: Machine) -> None:
    """Who puts another server in a twin's place relies on it: one line, and it stays."""
    machine.up()
    path = machine.home / "connections.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert found["twin"]["host"] == "generated"
    assert found["tieout_warehouse"]["schema"] == "tieout"
    found["twin"]["host"] = "https://ledger.example.test"
    path.write_text(yaml.safe_dump(found), encoding="utf-8")

    (machine.root / "prepare.py").write_text(PREPARE + "\n# changed\n", encoding="utf-8")
    machine.up()

    after = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert after["twin"]["host"] == "https://ledger.example.test"


def test_another_company_begins_with_empty_databases(machine: Machine) -> None:
    """The demonstration relies on it: no journal of one company is in the other's books."""
    machine.run("demo", "--seed", "5")
    passwords = machine.stored("passwords.json")
    url = Cluster(machine.home).url("tieout", "tieout").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE journal (number bigint)")

    code, said = machine.run("demo", "--seed", "10")

    assert code == 0
    assert "This runtime holds the company of seed 5; seed 10 begins anew." in said
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT to_regclass('journal')").fetchone()
    assert found == (None,)
    assert machine.stored("passwords.json") == passwords


def test_the_company_stays_when_no_other_is_asked_for(machine: Machine) -> None:
    """Who comes back the next day relies on it: `make up` and `make demo` keep what is there."""
    machine.run("demo", "--seed", "5")
    _, said = machine.run("up")
    assert "begins anew" not in said
    assert machine.stored("runtime.json") == {"seed": 5, "demo": False}


def test_another_server_is_used_by_one_setting_and_never_emptied(
    machine: Machine, cluster: Cluster
) -> None:
    """Who has a PostgreSQL relies on it: one line, and nothing of theirs is ever dropped."""
    machine.asked["TIEOUT_POSTGRES_URL"] = cluster.url("postgres")
    machine.up()
    try:
        path = machine.home / "connections.yaml"
        found = yaml.safe_load(path.read_text(encoding="utf-8"))["tieout_warehouse"]
        assert (found["port"], found["schema"]) == (cluster.port, "tieout")
        assert not (Cluster(machine.home).place.cluster / "PG_VERSION").exists()
        plain = cluster.url("tieout").replace("+psycopg", "")
        with psycopg.connect(plain) as connection:
            connection.execute("CREATE TABLE journal (number bigint)")

        code, said = machine.run("up", "--seed", "2")

        assert code == 1
        assert "are not dropped by this command" in said
        with psycopg.connect(plain) as connection:
            assert connection.execute("SELECT count(*) FROM journal").fetchone() == (0,)
    finally:
        machine.run("down")
        cluster.drop_database("tieout")
        cluster.drop_database("airflow")


def test_the_twins_stay_off_when_real_servers_take_their_place(machine: Machine) -> None:
    """Who connects a real ledger relies on it: no simulator runs beside it."""
    machine.asked["TIEOUT_SANDBOX"] = "off"
    machine.up()
    assert listens(machine.ports["postgres"])
    assert not listens(machine.ports["twin"])


def test_clean_removes_everything(machine: Machine) -> None:
    """Who is done relies on it: no file and no process is left, wherever it lay."""
    machine.up()
    place = Cluster(machine.home).place

    code, _ = machine.run("clean")

    assert code == 0
    assert not machine.home.exists()
    assert not place.cluster.exists()
    assert place.aside is None or not place.aside.exists()
