-- name: add_legal_transition(object_kind, from_state, to_state)!
-- Fill the state tables from the code's own.
-- used by: workflows/setup.py
INSERT INTO legal_transition (object_kind, from_state, to_state)
VALUES (:object_kind, :from_state, :to_state)
ON CONFLICT DO NOTHING;
