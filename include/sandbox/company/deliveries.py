"""What lands in the drop folder: the month's files, one of them twice, one of them cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.company.files import PayrollFile
from sandbox.company.troubles import Troubles


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file dropped; `order` says when, `name` is its name in the provider's folder.

    The manifest always describes the whole file as the bureau made it.
    """

    delivery: str
    order: int
    entity: str
    name: str
    content: bytes
    manifest: dict[str, Any] = field(hash=False)

    @property
    def path(self) -> str:
        """Where the seeds keep the file."""
        return f"{self.manifest['provider']}/{self.delivery}/{self.name}"


def deliveries_of(files: Mapping[str, PayrollFile], troubles: Troubles) -> list[Delivery]:
    """All deliveries in order; the corrected one comes when it is asked for."""
    drops: list[Delivery] = []

    def drop(delivery: str, file: PayrollFile, name: str, content: bytes) -> None:
        order = len(drops) + 1
        manifest = {"file": name, **file.manifest}
        drops.append(Delivery(delivery, order, file.entity, name, content, manifest))

    for file in files.values():
        cut = file.entity == troubles.mismatch_entity
        drop("initial", file, file.name, file.cut if cut else file.content)
    twice, corrected = files[troubles.duplicate_entity], files[troubles.mismatch_entity]
    drop("duplicate", twice, twice.renamed("copy"), twice.content)
    drop("corrected", corrected, corrected.renamed("corrected"), corrected.content)
    return drops
