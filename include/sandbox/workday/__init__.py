"""A twin of Workday's Reports as a Service: custom reports over HTTP, read only."""

from sandbox.workday.app import create_app
from sandbox.workday.control import control_routes

__all__ = ["control_routes", "create_app"]
