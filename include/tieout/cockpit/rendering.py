"""Templates to pages: autoescaped, strict about names, nothing inline."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from tieout.cockpit.figures import MISSING, as_finance_writes, local_text

HERE: Final = Path(__file__).resolve().parent
#: Foreign text longer than this is cut on a page; the API has it whole.
LONGEST: Final = 300


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update({"money": as_finance_writes, "local": local_text, "foreign": foreign_text})
    made.globals["missing"] = MISSING
    return made


def foreign_text(text: object) -> str:
    """Text from elsewhere: control characters shown as blanks, cut at `LONGEST`."""
    clean = "".join(sign if sign.isprintable() else " " for sign in str(text or ""))
    return clean if len(clean) <= LONGEST else f"{clean[: LONGEST - 1]}\u2026"


def page(
    request: Request, template: str, shown: Mapping[str, object], status: int = 200
) -> HTMLResponse:
    """Render a template; `base` is where the cockpit is mounted."""
    base = request.scope.get("root_path", "")
    text = _environment().get_template(template).render(base=base, **shown)
    return HTMLResponse(text, status)
