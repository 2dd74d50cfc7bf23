"""Workday's reports: finished pay runs, and the people of the company.

`make` and `make_people` in `source.py` build the two sources; `pay_lines.py` and `workers.py` turn
a report into canonical rows.
"""
