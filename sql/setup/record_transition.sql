-- name: record_transition(object_kind, object_key, from_state, to_state, changed_by, changed_at, reason)!
-- Append one step to the state history; the foreign key refuses an illegal one.
-- used by: every workflow that moves a state
INSERT INTO state_change (
    object_kind, object_key, from_state, to_state, changed_by, changed_at, reason
)
VALUES (
    :object_kind, :object_key, :from_state, :to_state,
    :changed_by, :changed_at, :reason
);
