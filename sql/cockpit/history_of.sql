-- name: history_of(object_kind, object_key)
-- The steps of an object from its first state to the present one.
-- used by: cockpit/journals_read.py
SELECT from_state, to_state, changed_by, changed_at, reason
FROM state_change
WHERE object_kind = :object_kind AND object_key = :object_key
ORDER BY id;
