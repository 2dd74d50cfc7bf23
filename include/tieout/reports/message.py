"""One report as a finished message: plain text, page with its chart, spreadsheet."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tieout.errors import ConfigurationError
from tieout.reports import facts as of
from tieout.reports.plain import render_plain
from tieout.reports.view import ReportView, view_of

if TYPE_CHECKING:
    import jinja2

#: Gmail cuts a page at 102 kB; what is cut is often the part that says why.
LARGEST_PAGE_BYTES: Final = 90_000
_FEWER_ROWS: Final = (12, 6, 3)
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_NOT_PLAIN: Final = re.compile(r"[^A-Za-z0-9]+")
_XLSX: Final = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def message_id(message_key: str, sender: str) -> str:
    """The same for the same key, so that a receiver drops a second copy."""
    name = hashlib.sha256(message_key.encode()).hexdigest()[:32]
    return f"<{name}@{Address(addr_spec=_checked(sender)).domain}>"


def _checked(address: str) -> str:
    """An address that fits an envelope and a header; a line break would be another header."""
    if _ADDRESS.fullmatch(address) is None:
        raise ConfigurationError(
            f"{address!r} is no mail address.",
            blocks="the report to it",
            next_step="Correct report_to of the entity, or the sender of the mail connection.",
        )
    return address


def compose(
    facts: of.ReportFacts,
    *,
    sender: str,
    recipients: Sequence[str],
    as_of: datetime,
    airflow_url: str,
) -> bytes:
    """The message as it goes over the wire.

    Raises:
        ConfigurationError: sender or a recipient is no mail address; nothing is sent.
    """
    from tieout.reports.spreadsheet import workbook

    identity = message_id(facts.message_key, sender)
    view, page, picture = _within_limit(facts, as_of, airflow_url, f"chart.{identity[1:-1]}")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address("Tieout", addr_spec=_checked(sender))
    message["To"] = [Address(addr_spec=_checked(recipient)) for recipient in recipients]
    message["Subject"] = view.subject
    message["Date"] = as_of
    message["Message-ID"] = identity
    message["Auto-Submitted"] = "auto-generated"
    message["X-Correlation-ID"] = view.correlation_id
    message.set_content(render_plain(view), cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    if picture is not None:
        *_, html_part = message.iter_parts()
        assert isinstance(html_part, EmailMessage)
        html_part.add_related(
            picture.png, "image", "png", cid=f"<{picture.content_id}>", filename="stages.png"
        )
    maintype, subtype = _XLSX
    message.add_attachment(
        workbook(facts, view, as_of),
        maintype=maintype,
        subtype=subtype,
        filename=_NOT_PLAIN.sub("-", f"tieout {view.entity} {view.period}") + ".xlsx",
    )
    return message.as_bytes()


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn chart with the size in which it is shown, in CSS pixels."""

    content_id: str
    png: bytes
    width: int
    height: int


def _within_limit(
    facts: of.ReportFacts, as_of: datetime, airflow_url: str, content_id: str
) -> tuple[ReportView, str, Picture | None]:
    """The longest page that mail clients show whole; the spreadsheet holds every row."""
    view = view_of(facts, as_of, airflow_url)
    picture = _picture(view, content_id)
    page = render_page(view, picture)
    for most_rows in _FEWER_ROWS:
        if len(page.encode()) < LARGEST_PAGE_BYTES:
            break
        view = view_of(facts, as_of, airflow_url, most_rows)
        page = render_page(view, picture)
    return view, page, picture


def _picture(view: ReportView, content_id: str) -> Picture | None:
    if view.chart is None:
        return None
    from tieout.reports.chart import draw, size_of

    png = draw(view.chart)
    return Picture(content_id, png, *size_of(png))


def render_page(view: ReportView, picture: Picture | None = None) -> str:
    """The page of a view; every value is escaped."""
    return _template().render(view=view, picture=picture)


@cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("data_quality.html.j2")
