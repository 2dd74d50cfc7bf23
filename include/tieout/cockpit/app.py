"""The cockpit's application: routes behind Airflow's login, one shape of refusal, guarded."""

from __future__ import annotations

from typing import cast

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from tieout.cockpit import api_acts, api_reads, pages
from tieout.cockpit.access import signed_in
from tieout.cockpit.answers import add_answers
from tieout.cockpit.guard import Guarded
from tieout.cockpit.mount import App
from tieout.cockpit.rendering import HERE


def create_app() -> FastAPI:
    """The routes; static files hold code only, since a mount has no sign-in of its own."""
    app = FastAPI(
        title="Tieout cockpit",
        dependencies=[Depends(signed_in)],
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    add_answers(app)
    app.include_router(api_reads.router)
    app.include_router(api_acts.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    return app


def cockpit() -> App:
    """What Airflow's server serves below its prefix."""
    return cast("App", Guarded(cast("App", create_app())))
