-- name: set_unit_state(unit_key, state, blocked_reason, at)!
-- How far a unit has come.
-- used by: workflows/units.py
UPDATE work_unit
SET state = :state, blocked_reason = :blocked_reason, changed_at = :at
WHERE unit_key = :unit_key;
