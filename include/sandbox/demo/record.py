"""What the demonstration leaves behind: `demo.json`, with every figure that it showed."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Record:
    """Collects timings and figures; amounts are decimal text.

    Attributes:
        seconds: wall time by step, in the order of the steps.
        figures: what the proof found.
    """

    period: str
    seed: int
    seconds: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        """Measure a step, also when it ends early."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.seconds[step] = round(time.monotonic() - began, 1)

    def write(self, file: Path, why_not: Sequence[str]) -> None:
        """Write `demo.json` whole or not at all; `why_not` is empty when everything holds."""
        content: Mapping[str, Any] = {
            "period": self.period,
            "seed": self.seed,
            "holds": not why_not,
            "why_not": list(why_not),
            "timings_seconds": self.seconds | {"total": round(sum(self.seconds.values()), 1)},
            **self.figures,
        }
        new = file.with_name(f"{file.name}.new")
        new.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
        new.replace(file)
