"""`tieout read FILE`: what one source file says, without a store, an ERP or a schedule.

Exit code 0: read. 2: read, with findings that block. 1: nothing of it can be used; the reason is
told on standard error and in the JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from tieout.errors import (
    ConfigurationError,
    Finding,
    Severity,
    TieoutError,
    UnreadableDocumentError,
)
from tieout.finance.documents import DocumentRef, Reading, SourceDocument

READ, UNREADABLE, BLOCKED = 0, 1, 2
#: Formats by the kind that a provider's configuration names, in the order they are asked.
READERS: Final = {
    "extf": "tieout.adapters.datev",
    "sie": "tieout.adapters.sie",
    "fec": "tieout.adapters.fec",
    "delimited": "tieout.adapters.delimited",
}

#: Debit and credit.
Sums = tuple[Decimal, Decimal]


def reader_of(kind: str) -> ModuleType:
    """The module with `detect` and `read_file` of a format.

    Raises:
        ConfigurationError: no format of files has that kind.
    """
    if kind not in READERS:
        raise ConfigurationError(
            f"{kind or '(empty)'} is no kind of file; kinds are {', '.join(READERS)}.",
            next_step="Correct `kind` in the provider's configuration.",
        )
    return import_module(READERS[kind])


def detected_reader(content: bytes, name: str) -> ModuleType:
    """The reader whose format the first bytes show.

    Raises:
        UnreadableDocumentError: no format is recognised, or one that holds no pay run.
    """
    from tieout.contracts.findings import Findings
    from tieout.contracts.source_text import refuse_foreign

    findings = Findings(name)
    refuse_foreign(content, findings)
    for kind in READERS:
        module = reader_of(kind)
        if module.detect(content):
            return module
    raise findings.unreadable(
        "The format is not recognised: no DATEV, SIE or FEC file and no delimited text.",
        next_step="Name the provider's profile.",
    )


def load_profile(name: str, config: Path) -> Mapping[str, object]:
    """A provider's knobs, by the path of a YAML file or by the provider's id.

    Raises:
        ConfigurationError: there is no such profile, or it is no YAML mapping.
    """
    import yaml

    path = Path(name) if Path(name).is_file() else config / "providers" / f"{name}.yaml"
    try:
        knobs = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigurationError(
            f"The profile {name} can't be read: {error}.",
            next_step="Name a provider of the configuration, or a YAML file.",
        ) from error
    if not isinstance(knobs, dict):
        raise ConfigurationError(
            f"The profile {name} is no YAML mapping.", next_step="Correct the file."
        )
    return knobs


def read_source_file(path: Path, profile: Mapping[str, object] | None) -> Reading:
    """Read one file with a profile, or with the defaults of the format that it shows.

    Raises:
        UnreadableDocumentError: nothing of it can be used.
        ConfigurationError: the profile is wrong.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableDocumentError(
            f"{path.name} can't be opened: {error.strerror}.", next_step="Check path and rights."
        ) from error
    ref = DocumentRef(str((profile or {}).get("provider", "")), path.name, "")
    document = SourceDocument.of(ref, content, "text/plain", datetime.now(UTC))
    kind = str((profile or {}).get("kind", ""))
    module = reader_of(kind) if profile is not None else detected_reader(content, path.name)
    read_file: Callable[..., Reading] = module.read_file
    return read_file(document, content, profile)


def summary_of(reading: Reading) -> dict[str, object]:
    """The canonical summary: counts, both sums, per account, unbalanced vouchers, findings."""
    from tieout.contracts.pay_lines import readable, totals_by

    kind, frame = next(iter(reading.frames.items()))
    vouchers: Mapping[str, Sums] = {}
    if kind == "expense_line":
        accounts = totals_by(readable(frame), "expense_type")
    else:
        component = frame.height and frame["coding"][0] == "component"
        accounts = totals_by(frame, "component_code" if component else "source_account")
        vouchers = totals_by(frame, "voucher_key")
    unbalanced = [
        {
            "voucher": key,
            "line": frame.filter(frame["voucher_key"] == key)["file_line"].min(),
            "debit": str(debit),
            "credit": str(credit),
            "sum": str(debit - credit),
        }
        for key, (debit, credit) in vouchers.items()
        if key and debit != credit
    ]
    facts = reading.facts
    return {
        **reading.summary,
        "entity": facts.entity,
        "period": facts.period,
        "run": facts.run_ref,
        "accounts": {
            number: {"debit": str(debit), "credit": str(credit)}
            for number, (debit, credit) in accounts.items()
        },
        "unbalanced": unbalanced,
        "findings": [_told(finding) for finding in reading.findings],
    }


def _told(finding: Finding) -> dict[str, object]:
    return {**finding.as_dict(), "place": str(finding.where)}


def run(argv: Sequence[str]) -> int:
    """Read one file and print its summary; answers the exit code."""
    parser = argparse.ArgumentParser(prog="tieout read", description=__doc__)
    parser.add_argument("file", type=Path, help="the source file")
    parser.add_argument("--profile", help="a provider's id, or the path of its YAML file")
    parser.add_argument("--json", action="store_true", help="print the whole summary as JSON")
    wanted = parser.parse_args(argv)
    config = Path(os.environ.get("TIEOUT_CONFIG", "include/config"))
    try:
        profile = None if wanted.profile is None else load_profile(wanted.profile, config)
        reading = read_source_file(wanted.file, profile)
    except TieoutError as error:
        return _refused(error, wanted.file.name, as_json=wanted.json)
    printed = summary_of(reading)
    if wanted.json:
        _print(json.dumps(printed, ensure_ascii=False, indent=1))
    else:
        _print(_table(printed, reading.findings))
    blocked = any(finding.severity is Severity.CRITICAL for finding in reading.findings)
    return BLOCKED if blocked else READ


def _refused(error: TieoutError, name: str, *, as_json: bool) -> int:
    finding = Finding(
        code=error.code,
        message=error.message,
        where=error.where,
        blocks=error.blocks or "run",
        next_step=error.next_step,
    )
    if as_json:
        refused = {
            "file": name,
            "reason": error.message,
            "findings": [_told(finding)],
        }
        _print(json.dumps(refused, ensure_ascii=False, indent=1))
    sys.stderr.write(f"{error}\n")
    return UNREADABLE


def _table(printed: Mapping[str, Any], findings: Sequence[Finding]) -> str:
    """The summary for people: facts, accounts with amounts, findings with their next step."""
    facts = (
        *("format", "encoding", "entity", "period", "currency"),
        *("vouchers", "reports", "records", "lines"),
    )
    rows = [f"{name:<9}{printed[name]}" for name in facts if printed.get(name) not in ("", None)]
    rows += ["", f"{'account':<16}{'debit':>18}{'credit':>18}"]
    rows += [
        f"{number:<16}{_shown(sums['debit']):>18}{_shown(sums['credit']):>18}"
        for number, sums in printed["accounts"].items()
    ]
    rows.append(f"{'total':<16}{_shown(printed['debit']):>18}{_shown(printed['credit']):>18}")
    for finding in findings:
        rows += [
            "",
            f"{finding.severity.value}: {finding.message} ({finding.code})",
            f"  {finding.where}; blocks {finding.blocks}. {finding.next_step}",
        ]
    return "\n".join(rows)


def _shown(amount: str) -> str:
    return f"{Decimal(amount):,}"


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
