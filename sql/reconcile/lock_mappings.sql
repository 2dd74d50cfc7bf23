-- name: lock_mappings()
-- One decision on rules at a time, until the transaction ends: each is checked against all others.
-- used by: workflows/mappings.py, workflows/mapping_import.py
SELECT pg_advisory_xact_lock(7410273004) IS NULL AS locked;
