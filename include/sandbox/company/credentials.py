"""Keys, passwords and tokens of the sandbox: random once per home, kept for every later run."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sandbox.company.plan import Plan


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What the product signs in with at each vendor; loopback only, worthless elsewhere."""

    erp_client_id: str
    erp_certificate_id: str
    erp_private_key: str
    erp_public_key: str
    expense_request_token: str
    expense_client_id: str
    expense_client_secret: str
    hr_password: str

    @classmethod
    def of(cls, path: Path) -> Credentials:
        """Read the credentials kept at `path`, or draw new ones."""
        if path.exists():
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        return cls.fresh()

    @classmethod
    def fresh(cls) -> Credentials:
        """Draw a set: an EC P-256 key pair and random words."""
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key = ec.generate_private_key(ec.SECP256R1())
        return cls(
            erp_client_id=secrets.token_hex(32),
            erp_certificate_id=secrets.token_urlsafe(32),
            erp_private_key=key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ).decode(),
            erp_public_key=key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode(),
            expense_request_token=secrets.token_urlsafe(24),
            expense_client_id=secrets.token_hex(16),
            expense_client_secret=secrets.token_urlsafe(24),
            hr_password=secrets.token_urlsafe(24),
        )

    def text(self) -> str:
        """The file's text."""
        return json.dumps(asdict(self), indent=1)


def connections(
    plan: Plan, company_uuid: str, keys: Credentials, home: Path, ports: Mapping[str, int]
) -> dict[str, dict[str, Any]]:
    """The connections by which the product reaches the twins, in Airflow's local file form."""
    group = plan.group
    return {
        "erp_netsuite": {
            "conn_type": "http",
            "host": f"http://127.0.0.1:{ports['netsuite']}",
            "extra": {
                "account_id": group["erp_account_id"],
                "client_id": keys.erp_client_id,
                "certificate_id": keys.erp_certificate_id,
                "private_key": keys.erp_private_key,
                "algorithm": "ES256",
            },
        },
        "expense_concur": {
            "conn_type": "http",
            "host": f"http://127.0.0.1:{ports['concur']}",
            "login": company_uuid,
            "password": keys.expense_request_token,
            "extra": {
                "client_id": keys.expense_client_id,
                "client_secret": keys.expense_client_secret,
                "system_id": "tieout",
            },
        },
        "hr_workday": {
            "conn_type": "http",
            "host": f"http://127.0.0.1:{ports['workday']}",
            "login": group["workday_login"],
            "password": keys.hr_password,
            "extra": {
                "tenant": group["workday_tenant"],
                "report_owner": group["workday_report_owner"],
            },
        },
        "payroll_drop": {"conn_type": "file", "extra": {"path": str(home / "drop")}},
        "mail_smtp": {
            "conn_type": "smtp",
            "host": "127.0.0.1",
            "port": ports["smtp"],
            "extra": {"from_address": "tieout@example.test"},
        },
    }
