"""A twin of the payroll bureaus' delivery: files that appear in a folder, with their manifests."""

from pathlib import Path

from sandbox.drop.control import control_routes
from sandbox.drop.delivering import Drop

__all__ = ["Drop", "control_routes", "start"]


def start(home: Path) -> Drop:
    """Deliver what the bureaus send on their own; what was delivered once never comes again."""
    drop = Drop(home)
    drop.deliver("initial")
    drop.deliver("duplicate")
    return drop
