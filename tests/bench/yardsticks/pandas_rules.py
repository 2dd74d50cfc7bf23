"""Finance's rules looked up with pandas merges, and the row rules as a pandera schema."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from tests.bench.yardsticks.pandas_read import Company, read_table

KNOWN_CURRENCIES = frozenset(
    {
        *("EUR", "USD", "GBP", "JPY", "KWD", "SEK", "CHF", "DKK", "PLN", "CAD", "AUD", "BHD"),
        *("NOK", "CZK", "HUF", "RON", "NZD", "SGD", "HKD", "CNY"),
    }
)
#: What an account rule is looked up by, beside its scope.
KEYS = ["provider", "coding", "code"]
PERIOD, ENDS = "2026-10", "2026-10-31"


def map_accounts(
    lines: pd.DataFrame, config: Path, reference: Path, company: Company
) -> pd.DataFrame:
    """Add class, accounts, dimensions and summarisation: the most specific rule wins."""
    rules = read_table(config / "mappings" / "accounts.csv")
    rules = rules[rules["valid_from"] <= ENDS]
    wanted = lines[["provider", "entity", "coding", "code"]].drop_duplicates()
    wanted["country"] = wanted["entity"].map(company.country)
    found = wanted.merge(rules.rename(columns={"source_code": "code"}), on=KEYS)
    rank = pd.Series(0, index=found.index)
    rank[found["scope"] == "group"] = 1
    rank[found["scope"] == "country:" + found["country"].fillna("")] = 2
    rank[found["scope"] == "entity:" + found["entity"]] = 3
    found = found.assign(rank=rank)[rank > 0]
    found = found.sort_values(["rank", "valid_from"]).drop_duplicates(
        [*KEYS, "entity"], keep="last"
    )
    accounts = read_table(reference / "accounts.csv")
    open_ones = set(accounts.loc[accounts["active"] == "yes", "code"]) | {""}
    found["account_open"] = found["debit_account"].isin(open_ones) & found["credit_account"].isin(
        open_ones
    )
    kept = [
        *KEYS, "entity", "component_class", "debit_account", "credit_account",
        "dimensions", "summarise", "account_open",
    ]  # fmt: skip
    mapped = lines.merge(found[kept], on=[*KEYS, "entity"], how="left")
    mapped["component_known"] = mapped["component_class"].notna()
    texts = ["component_class", "debit_account", "credit_account", "dimensions", "summarise"]
    mapped[texts] = mapped[texts].fillna("")
    mapped["account_open"] = mapped["account_open"].fillna(True).astype(bool)
    return mapped


def center_shares(lines: pd.DataFrame, config: Path, reference: Path) -> pd.DataFrame:
    """The shares of every source code and month: one row per ERP cost center, in its order."""
    rows = read_table(config / "mappings" / "cost_centers.csv")
    successors = read_table(config / "mappings" / "successors.csv")
    centers = read_table(reference / "cost_centers.csv")
    keys = ["entity", "cost_center", "on"]
    wanted = lines[keys].drop_duplicates()
    found = wanted.merge(
        rows.rename(columns={"cost_center": "erp_center", "source_code": "cost_center"}),
        on=["entity", "cost_center"],
    )
    found = found[found["valid_from"] <= found["on"]]
    latest = found.groupby(keys)["valid_from"].transform("max")
    found = found[found["valid_from"] == latest]
    parts = found["percent"].str.partition(".")
    found["basis_points"] = parts[0].astype("int64") * 100 + parts[2].str.ljust(2, "0").astype(
        "int64"
    )
    found = found[found["basis_points"] > 0].sort_values([*keys, "erp_center"])
    found["part"] = found.groupby(keys).cumcount()
    active = set(centers.loc[centers["active"] == "yes", "code"])
    takes_over = dict(zip(successors["cost_center"], successors["successor"], strict=True))
    closed = ~found["erp_center"].isin(active)
    found.loc[closed, "erp_center"] = found.loc[closed, "erp_center"].map(takes_over).fillna("")
    found["center_open"] = found["erp_center"].isin(active)
    return found[[*keys, "part", "erp_center", "basis_points", "center_open"]]


def map_projects(lines: pd.DataFrame, config: Path, reference: Path) -> pd.DataFrame:
    """Add `erp_project`, empty where the code has none."""
    rows = read_table(config / "mappings" / "projects.csv")
    projects = read_table(reference / "projects.csv")
    rows = rows[rows["project"].isin(projects.loc[projects["active"] == "yes", "code"])]
    rows = rows.rename(columns={"project": "erp_project", "source_code": "project"})
    kept = ["entity", "project", "erp_project"]
    mapped = lines.merge(rows[kept], on=kept[:2], how="left")
    mapped["erp_project"] = mapped["erp_project"].fillna("")
    return mapped


def route(lines: pd.DataFrame, config: Path) -> pd.DataFrame:
    """Add route and clearing account by who is paid; the company's rules ask nothing else."""
    rules = read_table(config / "policies" / "routing.csv")
    mapped = lines.merge(rules[["payee", "route", "clearing_account"]], on="payee", how="left")
    mapped[["route", "clearing_account"]] = mapped[["route", "clearing_account"]].fillna("")
    return mapped


def _filled(name: str) -> pa.Column:
    return pa.Column(str, pa.Check.str_length(min_value=1, name=f"{name}_filled"))


def _true(name: str) -> pa.Column:
    return pa.Column(bool, pa.Check(lambda marks: marks, name=name))


#: What every line is held against once its codes were looked up.
MAPPED = {
    "component_known": _true("component_known"),
    "account_open": _true("account_open"),
    "center_given": _true("center_given"),
    "center_mapped": _true("center_mapped"),
    "center_open": _true("center_open"),
    "project_mapped": _true("project_mapped"),
    "component_class": pa.Column(str, nullable=False),
    "debit_account": pa.Column(str, pa.Check.str_matches(r"^(\d{4})?$")),
    "credit_account": pa.Column(str, pa.Check.str_matches(r"^(\d{4})?$")),
    "amount_minor": pa.Column("int64", pa.Check.in_range(-(10**17), 10**17)),
    "amount_reads": _true("amount_reads"),
    "currency": pa.Column(str, [pa.Check.str_length(3, 3), pa.Check.isin(KNOWN_CURRENCIES)]),
    "entity_currency": _true("entity_currency"),
    "entity": pa.Column(str, pa.Check.str_matches(r"^E\d\d$")),
    "line_no": pa.Column(int, pa.Check.ge(1)),
    "document": pa.Column(str, pa.Check.str_length(64, 64)),
    "employee": pa.Column(str, pa.Check.str_matches(r"^\d{2}-\d+$")),
}
PAY = pa.DataFrameSchema(
    {
        **MAPPED,
        "company": _filled("company"),
        "pay_group": pa.Column(str, pa.Check.isin(["MONTHLY"])),
        "period": _filled("period"),
        "pay_date": pa.Column(str, pa.Check.str_length(10, 10)),
        "run": _filled("run"),
        "component": _filled("component"),
        "earned_for": pa.Column(str, pa.Check.str_matches(r"^(\d{4}-(0[1-9]|1[0-2]))?$")),
        "single": _true("single"),
    },
    strict=False,
)
EXPENSE = pa.DataFrameSchema(
    {
        **MAPPED,
        "report": _filled("report"),
        "reference": _filled("reference"),
        "approved": pa.Column(str, pa.Check.str_matches(r"^2026-10-\d\dT")),
        "entry": _filled("entry"),
        "part": pa.Column(str, pa.Check.isin(["cost", "tax_reclaimable"])),
        "spent_on": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d\d-\d\d$")),
        "country": pa.Column(str, pa.Check.str_length(2, 2)),
        "spend_currency": pa.Column(str, pa.Check.isin(KNOWN_CURRENCIES)),
        "direction": pa.Column(str, pa.Check.isin(["", "M", "D"])),
        "payee": _filled("payee"),
        "route": _filled("route"),
    },
    strict=False,
)


def check_rows(lines: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.Series[str]:
    """The first rule that each row breaks, empty where it breaks none."""
    broken = pd.Series("", index=lines.index)
    try:
        schema.validate(lines, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.dropna(subset=["index"])
        first = cases.drop_duplicates("index")
        broken[first["index"].astype("int64")] = first["check"].astype(str).to_numpy()
    return broken
