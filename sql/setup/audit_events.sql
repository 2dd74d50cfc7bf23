-- name: audit_events()
-- The whole chain, oldest first.
-- used by: warehouse/audit.py
SELECT
    sequence, happened_at, actor, verb, object_kind, object_key,
    reason, details, previous_hash, hash
FROM audit_event
ORDER BY sequence;
