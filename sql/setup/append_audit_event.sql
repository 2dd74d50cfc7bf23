-- name: append_audit_event(sequence, happened_at, actor, verb, object_kind, object_key, reason, details, previous_hash, hash)!
-- Append one link of the audit chain.
-- used by: warehouse/audit.py
INSERT INTO audit_event (
    sequence, happened_at, actor, verb, object_kind, object_key,
    reason, details, previous_hash, hash
)
VALUES (
    :sequence, :happened_at, :actor, :verb, :object_kind, :object_key,
    :reason, :details, :previous_hash, :hash
);
