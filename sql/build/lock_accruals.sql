-- name: lock_accruals(entity)
-- One run at a time decides what an entity accrues; held to the end of the transaction.
-- used by: workflows/accrue.py
SELECT pg_advisory_xact_lock(hashtext('accrual of ' || :entity)) IS NOT NULL AS locked;
