"""The month inside PostgreSQL: COPY into staging, then set-based SQL from checks to links."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import psycopg
import yaml

SCRIPTS = Path(__file__).with_name("sql")
TABLES = {
    "account_rule": "mappings/accounts.csv",
    "center_rule": "mappings/cost_centers.csv",
    "successor": "mappings/successors.csv",
    "project_rule": "mappings/projects.csv",
    "routing_rule": "policies/routing.csv",
}
REFERENCE = {
    "erp_account": "accounts.csv", "erp_center": "cost_centers.csv", "erp_project": "projects.csv",
}  # fmt: skip
DIGITS = {"JPY": 0, "KWD": 3, "BHD": 3}
#: Bytes handed to the server at a time.
PIECE = 1 << 20


def load_month(inputs: Path, config: Path, url: str) -> None:
    """Everything in one transaction; the server does the work."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET max_parallel_workers_per_gather = 2")
        _run(connection, "1_staging")
        _copy_rules(connection, inputs / "reference", config)
        _copy_documents(connection, inputs / "documents", config)
        for script in ("2_read", "3_rules", "4_build"):
            _run(connection, script)


def _run(connection: psycopg.Connection[Any], script: str) -> None:
    connection.execute((SCRIPTS / f"{script}.sql").read_bytes())


def _copy_rules(connection: psycopg.Connection[Any], reference: Path, config: Path) -> None:
    for table, name in TABLES.items():
        _copy(connection, f"{table} FROM STDIN WITH (FORMAT csv, HEADER, NULL '~')", config / name)
    for table, name in REFERENCE.items():
        _copy(connection, f"{table} FROM STDIN WITH (FORMAT csv, HEADER)", reference / name)
    with connection.cursor() as cursor, cursor.copy("COPY entity FROM STDIN") as copy:
        for path in sorted((config / "entities").glob("*.yaml")):
            stated = yaml.safe_load(path.read_text())
            copy.write_row((stated["entity"], stated["country"], stated["functional_currency"]))


def _copy_documents(connection: psycopg.Connection[Any], documents: Path, config: Path) -> None:
    """Each line as one text: a row of a wrong width must not stop the others."""
    number = 0
    for stated in sorted((config / "providers").glob("*.yaml")):
        profile = yaml.safe_load(stated.read_text())
        provider = profile["provider"]
        if profile["kind"] != "delimited":
            continue
        for code, entity in profile["entities"].items():
            connection.execute(
                "INSERT INTO company_code VALUES (%s, %s, %s)", (provider, code, entity)
            )
        for path in sorted((documents / provider).glob("*.csv")):
            number += 1
            connection.execute(
                "INSERT INTO source_file VALUES (%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s)",
                (number, *_described(path, profile)),
            )
            connection.execute(f"ALTER TABLE raw_line ALTER file_no SET DEFAULT {number}")
            # Two control characters that stand in no file: nothing splits or quotes a line.
            form = r"(FORMAT csv, DELIMITER E'\x01', QUOTE E'\x02', NULL '~')"
            _copy(connection, f"raw_line (cells) FROM STDIN WITH {form}", path)


def _described(path: Path, profile: dict[str, Any]) -> tuple[object, ...]:
    """The file's row; an extract comes without a manifest and is held against nothing."""
    frame = profile.get("frame", "pay_line")
    beside = path.with_name(f"{path.name}.manifest.json")
    stated = json.loads(beside.read_text()) if beside.exists() else {}
    sums = [int(stated[side].replace(".", "")) for side in ("debit", "credit") if stated]
    return (
        frame, hashlib.sha256(path.read_bytes()).hexdigest(), profile["provider"],
        stated.get("entity"), profile["currency"], DIGITS.get(profile["currency"], 2),
        profile["container"]["delimiter"], profile["values"]["decimal"],
        profile["values"]["date_format"], stated.get("line_count"), *(sums or (None, None)),
    )  # fmt: skip


def _copy(connection: psycopg.Connection[Any], what: str, path: Path) -> None:
    with (
        path.open("rb") as stream,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {what}") as copy,
    ):
        while piece := stream.read(PIECE):
            copy.write(piece)
