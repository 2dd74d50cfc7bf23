"""The expense platform: approved reports in, booking notices out.

`make` in `source.py` builds the source; `reading.py` turns a document into canonical lines.
"""
