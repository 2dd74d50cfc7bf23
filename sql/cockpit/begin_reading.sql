-- name: begin_reading()!
-- One snapshot for every answer of a page; nothing can be written in it.
-- used by: cockpit/reading.py
SET LOCAL transaction_isolation TO 'repeatable read';
SET LOCAL transaction_read_only TO 'on';
