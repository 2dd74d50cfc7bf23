-- name: last_audit_event()
-- The head of the audit chain.
-- used by: warehouse/audit.py
SELECT sequence, hash
FROM audit_event
ORDER BY sequence DESC
LIMIT 1;
