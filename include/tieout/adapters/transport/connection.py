"""A vendor's address and credentials, as a value that never prints its secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tieout.errors import SettingsError

#: Names of `extra` whose values may be shown; everything else is taken for a secret.
_OPEN_NAMES = frozenset(
    {
        "account_id",
        "algorithm",
        "certificate_id",
        "certificate_valid_to",
        "from_address",
        "path",
        "report_owner",
        "security",
        "system_id",
        "tenant",
        "token_audience",
    }
)


@dataclass(frozen=True, slots=True, repr=False)
class Connection:
    """Where a vendor is and how to sign in.

    Attributes:
        host: an origin such as `https://127.0.0.1:8701`, or a bare host name (mail).
        port: only where `host` carries none.
        login: user name, where the vendor has one.
        password: secret.
        extra: what else this vendor needs, partly secret.
    """

    host: str
    port: int | None = None
    login: str = ""
    password: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)

    def __repr__(self) -> str:
        shown = {
            name: value if name in _OPEN_NAMES else "***" for name, value in self.extra.items()
        }
        return f"Connection(host={self.host!r}, port={self.port}, password='***', extra={shown})"

    @property
    def base_url(self) -> str:
        """Origin without a trailing slash; `https` where the host names no scheme."""
        host = self.host.rstrip("/")
        if "://" not in host:
            host = f"https://{host}"
        if self.port is not None and host.count(":") == 1:
            host = f"{host}:{self.port}"
        return host

    def required(self, name: str) -> str:
        """The text of `extra[name]`.

        Raises:
            SettingsError: it is missing or empty.
        """
        value = self.optional(name)
        if not value:
            raise SettingsError(
                f"The connection to {self.host} lacks {name}.",
                blocks="every request to this system",
                next_step=f"Add {name} to the connection's extra fields.",
            )
        return value

    def optional(self, name: str, default: str = "") -> str:
        """The text of `extra[name]`, or `default`."""
        value = self.extra.get(name)
        return default if value is None else str(value)

    def secrets(self) -> Iterator[str]:
        """Every value that may not appear in a message, a log or an error."""
        if self.password:
            yield self.password
        for name, value in self.extra.items():
            if name not in _OPEN_NAMES and value:
                yield str(value)
