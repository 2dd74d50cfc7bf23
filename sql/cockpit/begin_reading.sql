-- name: begin_reading()!
-- One snapshot for every answer of a page; nothing can be written in it.
-- used by: cockpit/reading.py
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
