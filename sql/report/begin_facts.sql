-- name: begin_facts()!
-- One snapshot for all figures of a report: its counts and sums are of the same instant.
-- used by: workflows/report_facts.py
SET LOCAL transaction_isolation TO 'repeatable read';
