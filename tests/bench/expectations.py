"""What the expectations on files and totals cost: their import, and a call for one and for many.

    python -m tests.bench.expectations

A fresh process, since the import is most of it. The rows break nothing; a call costs the same then.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    """Print the seconds."""
    begun = time.perf_counter()
    from tieout.contracts.expectations import check_many

    imported = time.perf_counter()
    from tieout.contracts.suites import SUITES, BatchRow

    row: BatchRow = {
        name: "manifest" if one.never else 1
        for one in SUITES["payroll"].expected
        for name in (one.column, one.equals)
        if name
    }
    seconds = {"import_s": imported - begun}
    for name, count in (("one_file_s", 1), ("fifty_files_s", 50)):
        started = time.perf_counter()
        found = check_many("payroll", {f"run {number}": [row] for number in range(count)})
        seconds[name] = time.perf_counter() - started
        assert len(found) == count
    sys.stdout.write(json.dumps({key: round(value, 3) for key, value in seconds.items()}))


if __name__ == "__main__":
    main()
