"""Reads the documents and finance's tables with pandas, every column as text."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

AMOUNT = re.compile(r"[+-]?\d{1,14}(\.\d{1,6})?")
#: Minor digits that are not two; the others of the company have two.
DIGITS = {"JPY": 0, "KWD": 3, "BHD": 3}


@dataclass(frozen=True)
class Company:
    """Entities and providers as finance wrote them."""

    currency: dict[str, str]
    country: dict[str, str]
    providers: dict[str, dict[str, Any]]


def read_company(config: Path) -> Company:
    """The entities' currencies and countries, the providers' profiles."""
    currency, country, providers = {}, {}, {}
    for path in sorted((config / "entities").glob("*.yaml")):
        stated = yaml.safe_load(path.read_text())
        currency[stated["entity"]] = stated["functional_currency"]
        country[stated["entity"]] = stated["country"]
    for path in sorted((config / "providers").glob("*.yaml")):
        stated = yaml.safe_load(path.read_text())
        providers[stated["provider"]] = stated
    return Company(currency, country, providers)


def read_table(path: Path) -> pd.DataFrame:
    """A table of finance or of the ERP as text, empty cells as empty text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def read_registers(documents: Path, company: Company) -> tuple[pd.DataFrame, dict[str, str]]:
    """All pay lines of all files as one frame, and why whole files are held (by hash)."""
    frames, held = [], {}
    for provider, profile in sorted(company.providers.items()):
        if profile.get("frame", "pay_line") != "pay_line":
            continue
        for path in sorted((documents / provider).glob("*.csv")):
            frame, reason = _read_register(path, provider, profile)
            frames.append(frame)
            if reason:
                held[frame["document"].iloc[0]] = reason
    return pd.concat(frames, ignore_index=True), held


def read_extracts(documents: Path, company: Company) -> pd.DataFrame:
    """All lines of all expense extracts; a value that does not read holds its row alone."""
    frames = []
    for provider, profile in sorted(company.providers.items()):
        if profile.get("frame") != "expense_line":
            continue
        for path in sorted((documents / provider).glob("*.csv")):
            content = path.read_bytes()
            separator = profile["container"]["delimiter"]
            frame = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False)
            frame["document_hash"] = hashlib.sha256(content).hexdigest()
            frame["line_no"] = range(1, len(frame) + 1)
            frame["provider"] = provider
            frame["entity"] = frame["company"].map(profile["entities"]).fillna(frame["company"])
            frame["payee"] = frame["payee"].map(profile["codes"]["payee"]).fillna("")
            frame["spent_on"] = _day(frame["spent_on"], profile["values"]["date_format"])
            _parse_amounts(frame, profile["values"]["decimal"], profile["currency"])
            frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _day(text: pd.Series[str], form: str) -> pd.Series[str]:
    """Days of the provider's form as `YYYY-MM-DD`; what is none stays as found."""
    known = {}
    for day in text.unique():
        try:
            known[day] = pd.to_datetime(day, format=form).strftime("%Y-%m-%d")
        except ValueError:
            known[day] = f"!{day}"
    return text.map(known)


def _read_register(path: Path, provider: str, profile: dict[str, Any]) -> tuple[pd.DataFrame, str]:
    content = path.read_bytes()
    surplus: list[list[str]] = []
    separator = profile["container"]["delimiter"]
    if _is_ragged(content, separator):
        # The careful engine is slow: it is asked only where a row is too wide.
        frame = pd.read_csv(
            path, sep=separator, dtype=str, keep_default_na=False, engine="python",
            on_bad_lines=surplus.append,
        )  # fmt: skip
    else:
        frame = pd.read_csv(path, sep=separator, dtype=str, keep_default_na=False)
    manifest = json.loads(path.with_name(f"{path.name}.manifest.json").read_text())
    frame["document"] = hashlib.sha256(content).hexdigest()
    frame["line_no"] = range(1, len(frame) + 1)
    frame["provider"] = provider
    frame["entity"] = frame["company"].map(profile["entities"]).fillna(frame["company"])
    frame["earned_for"] = _month(frame["earned_for"], profile["values"]["month_format"])
    _parse_amounts(frame, profile["values"]["decimal"], manifest["currency"])
    if surplus:
        return frame, "value_unreadable"
    return frame, _wrong_as_a_whole(frame, manifest)


def _is_ragged(content: bytes, separator: str) -> bool:
    """Whether the separators are more than the header's on every line."""
    lines = content.count(b"\n")
    return content.count(separator.encode()) != lines * content.partition(b"\n")[0].count(
        separator.encode()
    )


def _month(text: pd.Series[str], form: str) -> pd.Series[str]:
    """Months of the provider's form as `YYYY-MM`; what is none stays as found."""
    known = {}
    for month in text.unique():
        try:
            known[month] = pd.to_datetime(month, format=form).strftime("%Y-%m") if month else ""
        except ValueError:
            known[month] = f"!{month}"
    return text.map(known)


def _parse_amounts(frame: pd.DataFrame, decimal: str, currency: str) -> None:
    """Add `amount_minor`, exact, and `amount_reads`; never by way of a float."""
    digits = DIGITS.get(currency, 2)
    text = frame["amount"]
    if decimal != ".":
        text = text.str.replace(decimal, ".", regex=False)
    frame["amount_reads"] = text.str.fullmatch(AMOUNT)
    fraction = text.str.partition(".")[2].str.rstrip("0")
    frame["amount_reads"] &= fraction.str.len() <= digits
    readable = text.where(frame["amount_reads"], "0")
    places = readable.str.partition(".")[2].str.len()
    number = readable.str.replace(".", "", regex=False).astype("int64")
    scale = (digits - places).map({n: 10**n for n in range(7)}).fillna(1).astype("int64")
    frame["amount_minor"] = number * scale


def _wrong_as_a_whole(frame: pd.DataFrame, manifest: dict[str, Any]) -> str:
    """Why none of the file can be trusted, or nothing."""
    if not frame["amount_reads"].all():
        return "value_unreadable"
    if frame["currency"].nunique() > 1 or frame["currency"].iloc[0] != manifest["currency"]:
        return "expectation_failed"
    if frame["entity"].nunique() > 1 or frame["entity"].iloc[0] != manifest["entity"]:
        return "expectation_failed"
    minor = frame["amount_minor"]
    scale = 10 ** DIGITS.get(manifest["currency"], 2)
    read = [len(frame), int(minor.clip(lower=0).sum()), int(-minor.clip(upper=0).sum())]
    stated = [manifest["line_count"]]
    for side in ("debit", "credit"):
        whole, _, fraction = manifest[side].partition(".")
        stated.append(int(whole) * scale + int(fraction or 0))
    return "" if read == stated else "control_total_mismatch"
