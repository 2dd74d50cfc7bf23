"""`tieout verify`: build journals again from their inputs and compare them byte for byte.

Exit code 0: same bytes. 2: something differs, and it is named. 1: inputs or result can't be used;
the reason is one sentence on standard error.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.errors import Place
from tieout.finance.money import CurrencyUnknownError, to_text
from tieout.finance.rebuild_check import Evidence, LineChange, Verdict, judge
from tieout.settings.out_folder import (
    ResultUnusableError,
    document_names,
    journal_files,
    read_certificate,
    read_rules,
    read_table,
    stated_hashes,
)

if TYPE_CHECKING:
    from tieout.workflows.headless_values import FolderBuilt, Known

SAME, DIFFERENT = 0, 2


def add_commands(commands: Any) -> None:
    """Register the command."""
    verify = commands.add_parser(
        "verify", help="build again and compare the bytes", description=__doc__
    )
    verify.add_argument("journal", nargs="?", metavar="JOURNAL", help="external id; default all")
    verify.add_argument("--out", type=Path, required=True, help="what `tieout build` wrote")
    verify.add_argument("--inputs", type=Path, required=True, help="documents, reference, run.yaml")
    verify.add_argument("--config", type=Path, required=True, help="finance's files")
    verify.add_argument("--json", action="store_true", help="print verdicts as JSON")
    verify.set_defaults(handler=_verify)


def _verify(options: argparse.Namespace) -> int:
    from tieout.cli import emit
    from tieout.cli_build import rebuild

    kept = {name: path.read_bytes() for name, path in journal_files(options.out).items()}
    certificate = read_certificate(options.out)
    was = _evidence_of(options.out, certificate)
    known, built = rebuild(options.inputs, options.config)
    now = _evidence_now(known, built)
    rebuilt = {
        item.journal.external_id: item.journal for unit in built.units for item in unit.journals
    }
    every = sorted(kept.keys() | was.hashes.keys() | rebuilt.keys())
    if options.journal is not None:
        every = [_named(options.journal, every, options.out)]
    verdicts = [judge(one, kept.get(one), rebuilt.get(one), was, now) for one in every]
    stated = _stated(certificate, known)
    same = all(verdict.state == "same" for verdict in verdicts)
    figures = {"same": same, "stated": stated, "journals": [_told(one) for one in verdicts]}
    emit(options, figures, "\n".join([*stated, *map(_text, verdicts)]))
    return SAME if same else DIFFERENT


def _named(journal: str, every: list[str], out: Path) -> str:
    """The external id that was asked for, also by its file.

    Raises:
        ResultUnusableError: neither build knows it.
    """
    external_id = Path(journal).name.removesuffix(".json")
    if external_id not in every:
        raise ResultUnusableError(
            f"No journal {external_id} was built.",
            where=Place(str(out)),
            next_step="Name one of the files below journals/.",
        )
    return external_id


def _evidence_of(out: Path, certificate: Mapping[str, Any]) -> Evidence:
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    try:
        for row in read_table(out / "exceptions.csv"):
            held[row["unit"], row["entity"]].add(f"{row['code']} {row['cause']}")
    except (csv.Error, KeyError, TypeError) as error:
        raise ResultUnusableError(
            f"{out} is no result of a build.",
            where=Place(str(out)),
            next_step="Name the folder that `tieout build --out` wrote.",
        ) from error
    names, hashes = document_names(certificate), stated_hashes(certificate)
    return Evidence(read_rules(out), names, _frozen(held), hashes)


def _evidence_now(known: Known, built: FolderBuilt) -> Evidence:
    held: dict[tuple[str, str], set[str]] = defaultdict(set)
    names = {}
    for unit in built.units:
        for cause, _ in unit.held:
            held[unit.key, cause.entity].add(f"{cause.code} {cause.cause}")
        for one in unit.certificates:
            names[one.document.sha256] = f"{one.document.provider}/{one.document.name}"
    rules = {row.name: f"{row.valid_from.isoformat()} {row.text}" for row in known.mapping.rows}
    return Evidence(rules, names, _frozen(held))


def _frozen(
    held: Mapping[tuple[str, str], set[str]],
) -> dict[tuple[str, str], frozenset[str]]:
    return {unit: frozenset(causes) for unit, causes in held.items()}


def _stated(certificate: Mapping[str, Any], known: Known) -> list[str]:
    """What the builds themselves were told differently."""
    now = {
        "tenant": known.company.tenant,
        "period": known.period.code,
        "known_at": known.known_at.isoformat(),
    }
    return [
        f"{name}: {certificate.get(name)} before, {value} now"
        for name, value in now.items()
        if certificate.get(name) != value
    ]


def _told(verdict: Verdict) -> dict[str, Any]:
    return {
        "external_id": verdict.external_id,
        "state": verdict.state,
        "reasons": [
            {"what": one.what, "which": one.which, "how": one.how} for one in verdict.reasons
        ],
        "lines": [
            {
                "account": one.account,
                "cost_center": one.cost_center,
                "project": one.project,
                "lines_before": list(one.numbers_before),
                "lines_after": list(one.numbers_after),
                "before": _shown(one.before_minor, verdict.currency),
                "after": _shown(one.after_minor, verdict.currency),
            }
            for one in verdict.lines
        ],
    }


def _shown(amount_minor: int, currency: str) -> str:
    """Decimal text; the currency of an altered file may be none."""
    try:
        return to_text(amount_minor, currency)
    except CurrencyUnknownError:
        return str(amount_minor)


#: How a verdict is said.
SENTENCES = {
    "same": "same bytes",
    "different": "DIFFERENT",
    "not_built": "NOT BUILT any more",
    "not_kept": "NOT KEPT by the earlier build",
}


def _text(verdict: Verdict) -> str:
    """A verdict for people: no amount, since a line may be one person's."""
    rows = [f"{verdict.external_id}: {SENTENCES[verdict.state]}"]
    rows += [f"  {one.what} {one.which}: {one.how}" for one in verdict.reasons]
    rows += [f"  {_line_text(one)}" for one in verdict.lines]
    if verdict.state != "same" and not verdict.reasons:
        rows.append(
            "  rules and documents are the same: look at the entity's file, the reference lists, "
            "run.yaml and the version of the program"
        )
    return "\n".join(rows)


def _line_text(one: LineChange) -> str:
    numbers = [" ".join(map(str, found)) or "none"
               for found in (one.numbers_before, one.numbers_after)]  # fmt: skip
    dimensions = " ".join(filter(None, (one.account, one.cost_center, one.project)))
    amount = "same amount" if one.before_minor == one.after_minor else "other amount"
    return f"line {numbers[0]} -> {numbers[1]} ({dimensions}): {amount}"
