"""A mail server that keeps every message as a file and sends none."""

from sandbox.smtp.control import control_routes
from sandbox.smtp.sink import Sink, start

__all__ = ["Sink", "control_routes", "start"]
