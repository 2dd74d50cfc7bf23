"""The month in pandas, as one function that would stand in one Airflow task."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from tests.bench.yardsticks.pandas_read import Company, read_company, read_extracts, read_registers
from tests.bench.yardsticks.pandas_rules import (
    ENDS,
    EXPENSE,
    PAY,
    PERIOD,
    center_shares,
    check_rows,
    map_accounts,
    map_projects,
    route,
)
from tests.bench.yardsticks.pandas_store import store

ATOM = ["document", "entity", "atom"]
KEPT = [
    "document", "line_no", "kind", "entity", "employee", "atom", "code", "amount_minor", "currency",
    "component_class", "liability_class", "debit_account", "credit_account", "summarise",
    "cost_center", "erp_project", "on", "reason",
]  # fmt: skip
LINE = ["external_id", "account", "erp_center", "erp_project", "side"]


def load_month(inputs: Path, config: Path, url: str, form: str = "rows") -> None:
    """Read, check, map, hold, build and store; `form` is how rows go into PostgreSQL."""
    company = read_company(config)
    pay, held_files = read_registers(inputs / "documents", company)
    pay = as_pay(pay)
    expenses = route(as_expenses(read_extracts(inputs / "documents", company)), config)
    reference = inputs / "reference"
    shares = center_shares(
        pd.concat([frame[["entity", "cost_center", "on"]] for frame in (pay, expenses)]),
        config,
        reference,
    )
    checked = []
    for lines, schema in ((pay, PAY), (expenses, EXPENSE)):
        mapped = map_projects(map_accounts(lines, config, reference, company), config, reference)
        mapped = mark_rules(mapped, shares, company)
        mapped["liability_class"] = mapped["component_class"] + "_liability"
        mapped["reason"] = check_rows(mapped, schema)
        checked.append(mapped)
    with_clearing(checked[1])
    lines = pd.concat([frame[KEPT] for frame in checked], ignore_index=True)
    lines = decide(lines, held_files)
    legs = split(expand(lines), shares)
    numbered, journal_lines = summarise(legs)
    journals = journal_lines[["external_id", "entity", "currency", "kind"]].drop_duplicates()
    journals = journals.assign(period=PERIOD, accounting_date=ENDS)
    store(sa.create_engine(url), linked(lines, numbered), journals, journal_lines, form)


def as_pay(lines: pd.DataFrame) -> pd.DataFrame:
    """Pay lines with what all lines have: kind, code, atom of holding, look-up date."""
    month = lines["earned_for"].where(lines["earned_for"].str.match(r"\d{4}-\d\d$"), "")
    lines["on"] = (month + "-01").where(month != "", ENDS)
    lines["single"] = ~lines.duplicated(["document", "employee", "component", "earned_for"])
    return lines.assign(
        kind="payroll", coding="component", code=lines["component"], atom=lines["employee"]
    )


def as_expenses(lines: pd.DataFrame) -> pd.DataFrame:
    """Expense lines alike; a tax part is looked up by its tax code."""
    taxed = lines["part"] == "tax_reclaimable"
    lines = lines.rename(columns={"document": "reference", "document_hash": "document"})
    return lines.assign(
        kind="expense",
        coding=taxed.map({True: "tax", False: "expense_type"}),
        code=lines["type"].where(~taxed, lines["tax_code"]),
        atom=lines["entry"],
        on=ENDS,
    )


def mark_rules(lines: pd.DataFrame, shares: pd.DataFrame, company: Company) -> pd.DataFrame:
    """One boolean per rule that needs another table or row."""
    keys = ["entity", "cost_center", "on"]
    known = shares.groupby(keys)["center_open"].all().reset_index()
    known["center_mapped"] = True
    lines = lines.merge(known, on=keys, how="left")
    needs = lines["dimensions"].str.contains("cost_center", regex=False)
    lines["center_given"] = ~needs | (lines["cost_center"] != "")
    lines["center_mapped"] = ~needs | lines["center_mapped"].fillna(False).astype(bool)
    lines["center_open"] = ~needs | lines["center_open"].fillna(True).astype(bool)
    asks = needs & (lines["project"] != "")
    lines["erp_project"] = lines["erp_project"].where(asks, "")
    lines["project_mapped"] = ~asks | (lines["erp_project"] != "")
    lines["entity_currency"] = lines["currency"] == lines["entity"].map(company.currency)
    return lines


def with_clearing(expenses: pd.DataFrame) -> None:
    """An expense credits the clearing account of its route, and is of its part's class."""
    expenses["credit_account"] = expenses["clearing_account"]
    expenses["component_class"] = expenses["coding"].map(
        {"expense_type": "expense_cost", "tax": "input_tax"}
    )
    expenses["liability_class"] = "clearing_" + expenses["route"]


def decide(lines: pd.DataFrame, held_files: dict[str, str]) -> pd.DataFrame:
    """Add `state` and `reason`; what is held takes its employee with it."""
    of_file = lines["document"].map(held_files).fillna("")
    informs = lines["component_class"] == "information"
    nothing = (lines["amount_minor"] == 0) & (lines["reason"] == "")
    excluded = informs | nothing
    own = lines["reason"].where(~informs, "")
    lines["reason"] = own.where(own != "", of_file)
    debit = lines["amount_minor"].where(lines["debit_account"] != "", 0)
    credit = lines["amount_minor"].where(lines["credit_account"] != "", 0)
    lines["net"] = (debit - credit).where(~excluded, 0)
    lines["waits"] = lines["reason"] != ""
    atom = lines.groupby(ATOM, sort=False)
    held = atom["waits"].transform("any") | (atom["net"].transform("sum") != 0)
    lines["state"] = "built"
    lines.loc[held, "state"] = "held"
    lines.loc[excluded, "state"] = "excluded"
    return lines


def expand(lines: pd.DataFrame) -> pd.DataFrame:
    """Debit and credit legs of built lines; a liability leg carries no dimension."""
    built = lines[lines["state"] == "built"]
    debit = built[built["debit_account"] != ""].copy()
    debit["account"], debit["leg_minor"] = debit["debit_account"], debit["amount_minor"]
    credit = built[built["credit_account"] != ""].copy()
    credit["account"], credit["leg_minor"] = credit["credit_account"], -credit["amount_minor"]
    two = credit["debit_account"] != ""
    credit.loc[two, "component_class"] = credit["liability_class"]
    credit.loc[two, ["cost_center", "erp_project"]] = ""
    legs = pd.concat([debit, credit], ignore_index=True)
    legs = legs[legs["leg_minor"] != 0]
    identity = legs["document"] + "|" + legs["entity"]
    ids = {key: hashlib.sha256(key.encode()).hexdigest()[:24] for key in identity.unique()}
    legs["external_id"] = identity.map(ids)
    labels = (
        legs[["external_id", "account", "component_class"]]
        .drop_duplicates()
        .sort_values("component_class")
        .groupby(["external_id", "account"])["component_class"]
        .agg("+".join)
        .rename("class")
    )
    return legs.join(labels, on=["external_id", "account"])


def split(legs: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """One leg per cost center by largest remainder; parts that are nothing fall away."""
    on_entity = (legs["summarise"] == "entity") | (legs["cost_center"] == "")
    whole = legs[on_entity].assign(erp_center="")
    whole.loc[whole["summarise"] == "entity", "erp_project"] = ""
    keys = ["entity", "cost_center", "on"]
    parts = legs[~on_entity].assign(leg=lambda frame: range(len(frame)))
    parts = parts.merge(shares.drop(columns="center_open"), on=keys)
    magnitude, sign = parts["leg_minor"].abs(), parts["leg_minor"].map(lambda n: 1 if n > 0 else -1)
    product = magnitude * parts["basis_points"]
    parts["least"], parts["rest"] = product // 10_000, product % 10_000
    missing = magnitude - parts.groupby("leg")["least"].transform("sum")
    order = parts.sort_values(["leg", "rest", "part"], ascending=[True, False, True])
    turn = order.groupby("leg").cumcount().reindex(parts.index)
    parts["leg_minor"] = sign * (parts["least"] + (turn < missing))
    parts = parts[parts["leg_minor"] != 0]
    return pd.concat([whole, parts[whole.columns]], ignore_index=True)


def summarise(legs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Legs with the number of their journal line, and the lines; nets of nothing keep two sides."""
    net = legs.groupby(LINE[:-1], sort=False)["leg_minor"].transform("sum")
    sign = (legs["leg_minor"] > 0).astype("int64") * 2 - 1
    legs["side"] = sign.where(net == 0, 0)
    lines = (
        legs.groupby([*LINE, "entity", "currency", "kind"])
        .agg(
            amount_minor=("leg_minor", "sum"),
            component_class=("class", "first"),
            people_count=("employee", "nunique"),
        )
        .reset_index()
        .sort_values(LINE)
    )
    lines["number"] = lines.groupby("external_id").cumcount() + 1
    return legs.merge(lines[[*LINE, "number"]], on=LINE), lines


def linked(lines: pd.DataFrame, numbered: pd.DataFrame) -> pd.DataFrame:
    """Every source line with its end, once per journal line that it stands in."""
    links = numbered[["document", "line_no", "external_id", "number", "leg_minor"]]
    kept = [
        "document", "line_no", "entity", "employee", "code", "amount_minor", "currency",
        "state", "reason",
    ]  # fmt: skip
    return lines[kept].merge(links, on=["document", "line_no"], how="left")
