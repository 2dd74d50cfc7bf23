"""The commands behind `make up`, `make down`, `make status`, `make logs` and `make demo`."""

from __future__ import annotations

import sys

from supervisor.commands import main

if __name__ == "__main__":
    sys.exit(main())
