"""Holds what was read against what the manifest states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

import polars as pl

from tieout.adapters.drop.manifest import Manifest
from tieout.contracts.findings import Findings
from tieout.contracts.pay_lines import readable, totals
from tieout.finance.documents import ControlTotals, DocumentFacts, Reading, SourceDocument

_FULL_FILE: Final = "Ask the provider for the full file."


def agreed(
    reading: Reading,
    manifest: Manifest,
    document: SourceDocument,
    provider: str,
    net_pay_codes: frozenset[str],
    name_pattern: str = "",
) -> Reading:
    """The reading with the manifest's facts and totals, and a finding for each disagreement."""
    findings = Findings(document.name)
    kind, frame = next(iter(reading.frames.items()))
    summable = frame if kind == "pay_line" else readable(frame)
    _compare_totals(summable, manifest, net_pay_codes, document.sha256, findings)
    _compare_name(document.name, name_pattern, manifest, findings)
    _compare_facts(reading.facts, manifest, provider, findings)
    return Reading(
        facts=_merged(reading.facts, manifest),
        frames={**reading.frames, kind: _with_entity(frame, manifest.entity)},
        control=manifest.control(),
        findings=(*reading.findings, *findings.all()),
        summary=reading.summary,
    )


def _compare_totals(
    frame: pl.DataFrame,
    manifest: Manifest,
    net_pay_codes: frozenset[str],
    sha256: str,
    findings: Findings,
) -> None:
    """One finding with every total that differs, or with the bytes when the totals agree."""
    differing = list(_differences(frame, manifest.control(), manifest, net_pay_codes))
    if differing:
        stated = ", ".join(f"{what} {told}" for what, told, _ in differing)
        read = ", ".join(f"{what} {found}" for what, _, found in differing)
        findings.add(
            "control_total_mismatch",
            f"File does not add up: stated {stated}; read {read}.",
            field=differing[0][0],
            found=differing[0][2],
            next_step=_FULL_FILE,
        )
    elif sha256 != manifest.sha256.lower():
        findings.add(
            "control_total_mismatch",
            f"The bytes are not those the provider sent: stated {manifest.sha256[:12]}, "
            f"read {sha256[:12]}.",
            field="sha256",
            found=sha256[:12],
            next_step=_FULL_FILE,
        )


def _compare_name(name: str, pattern: str, manifest: Manifest, findings: Findings) -> None:
    """A name is no identity, but a period in it that is another one means a mix-up."""
    if not pattern:
        return
    match = re.match(pattern, name)
    if match is None:
        findings.warn(
            "contract_drift",
            "The file's name is not of the form that the profile knows.",
            field="file name",
            found=name,
        )
        return
    named = "".join(letter for letter in match.groupdict().get("period", "") if letter.isdigit())
    if named and named[:6] != manifest.period.replace("-", ""):
        findings.add(
            "expectation_failed",
            f"The file's name says period {named[:6]}, its manifest {manifest.period}.",
            field="file name",
            found=named[:6],
            next_step="Ask the provider which of both is right.",
        )


def _differences(
    frame: pl.DataFrame, control: ControlTotals, manifest: Manifest, net_pay_codes: frozenset[str]
) -> Iterator[tuple[str, str, str]]:
    """What, stated, read; headcount and net pay only where the lines can tell them."""
    debit, credit = totals(frame)
    if frame.height != control.line_count:
        yield "line count", str(control.line_count), str(frame.height)
    for what, stated, read in (
        ("debit", manifest.debit, debit),
        ("credit", manifest.credit, credit),
    ):
        if Decimal(stated) != read:
            yield what, stated, str(read)
    people = frame["employee_ref"].filter(frame["employee_ref"] != "").n_unique()
    if control.headcount is not None and people and people != control.headcount:
        yield "headcount", str(control.headcount), str(people)
    if manifest.net_pay is not None and net_pay_codes and "component_code" in frame.columns:
        net, returned = totals(frame.filter(pl.col("component_code").is_in(sorted(net_pay_codes))))
        if Decimal(manifest.net_pay) != net - returned:
            yield "net pay", manifest.net_pay, str(net - returned)


def _compare_facts(
    facts: DocumentFacts, manifest: Manifest, provider: str, findings: Findings
) -> None:
    pairs = (
        ("entity", facts.entity, manifest.entity),
        ("period", facts.period, manifest.period),
        ("currency", facts.currency, manifest.currency),
        ("pay group", facts.pay_group, manifest.pay_group),
        ("provider", provider, manifest.provider),
    )
    for field, in_file, in_manifest in pairs:
        if in_file and in_manifest != in_file:
            findings.add(
                "expectation_failed",
                f"The {field} of the file is {in_file}, of its manifest {in_manifest}.",
                field=field,
                found=in_file,
                next_step="Ask the provider which of both is right.",
            )


def _merged(facts: DocumentFacts, manifest: Manifest) -> DocumentFacts:
    stated = manifest.facts()
    return replace(stated, status=facts.status, pay_date=facts.pay_date or stated.pay_date)


def _with_entity(frame: pl.DataFrame, entity: str) -> pl.DataFrame:
    """Lines that do not say their entity belong to the run's."""
    unsaid = pl.col("entity") == ""
    return frame.with_columns(
        entity=pl.when(unsaid).then(pl.lit(entity)).otherwise(pl.col("entity"))
    )
