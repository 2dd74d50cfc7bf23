-- name: lock_audit_chain()
-- One writer of the chain at a time, until the transaction ends.
-- used by: warehouse/audit.py
SELECT pg_advisory_xact_lock(7410273002) IS NULL AS locked;
