-- name: lock_cutting()
-- One cutter of batches at a time, until the transaction ends.
-- used by: workflows/batches.py
SELECT pg_advisory_xact_lock(7410273003) IS NULL AS locked;
