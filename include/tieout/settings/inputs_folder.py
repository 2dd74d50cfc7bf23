"""Read a folder of inputs: run.yaml, reference/*.csv, and which documents lie below documents/.

The layout is that of `tieout build`; see docs/reference/build.md. Nothing of a document is read
here. Files are listed in the order of their names, whatever order the file system has.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from tieout.errors import Place, TieoutError
from tieout.finance.periods import AccountingPeriod, calendar_month

#: Kind of master data → file below reference/.
REFERENCE_FILES: Final[Mapping[str, str]] = {
    "account": "accounts.csv",
    "cost_center": "cost_centers.csv",
    "project": "projects.csv",
}
#: How a file beside a document is named: by the whole name, or by the name without its suffix.
MANIFEST, CONTROL = ".manifest.json", ".control.json"
#: What the column `active` may say.
ACTIVE: Final = {"yes": True, "true": True, "t": True, "1": True,
                 "no": False, "false": False, "f": False, "0": False}  # fmt: skip
TENANT: Final = "tieout"


class InputsUnusableError(TieoutError):
    """The folder can't be built from: something is missing, unreadable or contradicts itself."""

    code = "inputs_unusable"


def _exact(value: object) -> object:
    """An amount is text or a whole number; a YAML number with a point is a float already."""
    if isinstance(value, float):
        message = 'write the amount in quotes, such as "1234.50"'
        raise ValueError(message)  # noqa: TRY004 - pydantic tells a ValueError as a wrong field
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _aware(value: object) -> object:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(instant, datetime) or instant.tzinfo is None:
        message = "write an instant with its zone, such as 2026-11-02T06:00:00Z"
        raise ValueError(message)
    return instant


class _RunFile(BaseModel):
    """run.yaml."""

    model_config = ConfigDict(extra="forbid")

    known_at: Annotated[datetime, BeforeValidator(_aware)]
    period: str
    tenant: str = Field(default=TENANT, pattern=r"^[A-Za-z0-9_-]+$")
    handed_over: dict[str, Annotated[str, BeforeValidator(_exact)]] = {}
    journal_lines: int | None = Field(default=None, ge=2)


@dataclass(frozen=True, slots=True)
class StatedRun:
    """What run.yaml says.

    Attributes:
        known_at: the instant as of which the build knows what it knows.
        handed_over: entity → decimal text of the reimbursements that payroll was given.
        journal_lines: what the ledger takes in one journal; None where it is not stated.
    """

    known_at: datetime
    period: AccountingPeriod
    tenant: str
    handed_over: Mapping[str, str]
    journal_lines: int | None = None


@dataclass(frozen=True, slots=True)
class _Listed:
    """What the ERP's list says of a code: whether it is active, and whose it is alone."""

    active: bool
    entities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InputFile:
    """One document of a provider, with its manifest or control row where there is one."""

    provider: str
    path: Path
    companion: Path | None

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class Inputs:
    """A folder of inputs.

    Attributes:
        reference: kind of master data → code → whether the ERP lets it be used.
        owners: cost center → entities that may use it, where the ERP gives it to some only.
    """

    run: StatedRun
    reference: Mapping[str, Mapping[str, bool]]
    owners: Mapping[str, Sequence[str]]
    files: tuple[InputFile, ...]


def read_inputs(folder: Path) -> Inputs:
    """The folder as values.

    Raises:
        InputsUnusableError: a part is missing, unreadable or wrong; names file and line.
        PeriodUnknownError: run.yaml names no period.
    """
    if not folder.is_dir():
        raise InputsUnusableError(
            f"There is no folder {folder}.", next_step="Name the folder of inputs."
        )
    run = _run(folder / "run.yaml")
    lists = {
        kind: _reference(folder / "reference" / name) for kind, name in REFERENCE_FILES.items()
    }
    reference = {
        kind: {code: one.active for code, one in codes.items()} for kind, codes in lists.items()
    }
    owners = {code: one.entities for code, one in lists["cost_center"].items() if one.entities}
    return Inputs(run, reference, owners, tuple(documents_in(folder)))


def _run(path: Path) -> StatedRun:
    try:
        stated = yaml.safe_load(path.read_text(encoding="utf-8"))
        run = _RunFile.model_validate(stated)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputsUnusableError(
            f"run.yaml: {field or 'content'}: {first['msg']}.",
            where=Place(str(path), None, field),
            next_step="State known_at and period; the rest may be left out.",
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise _unreadable(path, error, "Write known_at and period into it.") from error
    return StatedRun(
        run.known_at, calendar_month(run.period), run.tenant, run.handed_over, run.journal_lines
    )


def _reference(path: Path) -> Mapping[str, _Listed]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            missing = [name for name in ("code", "active") if name not in (reader.fieldnames or ())]
            if missing:
                raise InputsUnusableError(
                    f"{path.name} lacks the column {missing[0]}.",
                    where=Place(str(path), 1, missing[0]),
                    next_step="Write the header row code,active,name.",
                )
            return _codes(path, reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(path, error, "Export the ERP's list as UTF-8 CSV.") from error


def _codes(path: Path, reader: csv.DictReader[str]) -> Mapping[str, _Listed]:
    codes: dict[str, _Listed] = {}
    for line, row in enumerate(reader, 2):
        code = (row["code"] or "").strip()
        said = (row["active"] or "").strip().lower()
        if not code or code in codes or said not in ACTIVE:
            field = "active" if code and code not in codes else "code"
            what = f"active {said!r} is neither yes nor no" if field == "active" else (
                f"{code} stands twice" if code else "the code is empty"
            )  # fmt: skip
            raise InputsUnusableError(
                f"{path.name}, line {line}: {what}.",
                where=Place(str(path), line, field),
                next_step="Write each code once, with yes or no.",
            )
        codes[code] = _Listed(ACTIVE[said], tuple(sorted((row.get("entities") or "").split())))
    return codes


def documents_in(folder: Path) -> Iterator[InputFile]:
    """The documents below `documents/`, in the order of providers and names.

    Raises:
        InputsUnusableError: there are none, or a file lies where none belongs.
    """
    documents = folder / "documents"
    if not documents.is_dir():
        raise InputsUnusableError(
            f"There is no folder {documents}.",
            next_step="Put each provider's documents below documents/<provider>/.",
        )
    for provider in sorted(documents.iterdir(), key=lambda path: path.name):
        if provider.name.startswith("."):
            continue
        if not provider.is_dir():
            raise InputsUnusableError(
                f"{provider.name} lies beside the providers' folders.",
                where=Place(str(provider)),
                next_step="Move it below documents/<provider>/.",
            )
        yield from _files_of(provider)


def _files_of(folder: Path) -> Iterator[InputFile]:
    names = sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    companions = {name for name in names if name.endswith((MANIFEST, CONTROL))}
    unused = set(companions)
    for name in names:
        if name in companions:
            continue
        if not (folder / name).is_file():
            raise InputsUnusableError(
                f"{name} is no file.", where=Place(str(folder / name)), next_step="Remove it."
            )
        stem = name.rpartition(".")[0] or name
        mine = [one for one in (f"{name}{MANIFEST}", f"{stem}{CONTROL}") if one in unused]
        unused -= set(mine)
        yield InputFile(folder.name, folder / name, folder / mine[0] if mine else None)
    if unused:
        alone = min(unused)
        raise InputsUnusableError(
            f"{alone} lies without its document.",
            where=Place(str(folder / alone)),
            next_step="Add the document, or remove the file.",
        )


def _unreadable(path: Path, error: Exception, cure: str) -> InputsUnusableError:
    reason = error.strerror if isinstance(error, OSError) else str(error).splitlines()[0]
    return InputsUnusableError(
        f"{path.name} can't be read: {reason}.", where=Place(str(path)), next_step=cure
    )
