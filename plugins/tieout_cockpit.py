"""Mounts the cockpit into Airflow's server and puts the close board into its navigation."""

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from tieout.cockpit.mount import BOARD_VIEW, FASTAPI_APP


class TieoutCockpit(AirflowPlugin):
    """The pages and the API below `/tieout`."""

    name = "tieout"
    fastapi_apps: ClassVar[list[Any]] = [FASTAPI_APP]
    external_views: ClassVar[list[Any]] = [BOARD_VIEW]
