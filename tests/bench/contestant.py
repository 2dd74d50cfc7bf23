"""One yardstick in a process of its own.

    python -m tests.bench.contestant pandas --folder F --url U

Imports are part of the cost, as they are for the product.
"""

from __future__ import annotations

import argparse
from pathlib import Path


def main() -> None:
    """Run the named yardstick."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", choices=("pandas", "pandas_copy", "sql", "floor"))
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--objects", type=Path)
    parser.add_argument("--result", type=Path)
    options = parser.parse_args()
    inputs, config = options.folder / "inputs", options.folder / "config"
    if options.name == "sql":
        from tests.bench.yardsticks import sql_task

        sql_task.load_month(inputs, config, options.url)
    elif options.name == "floor":
        from tests.bench.yardsticks import floor

        floor.load_month(inputs, options.result, options.url, options.objects)
    else:
        from tests.bench.yardsticks import pandas_task

        form = "copy" if options.name == "pandas_copy" else "rows"
        pandas_task.load_month(inputs, config, options.url, form)


if __name__ == "__main__":
    main()
