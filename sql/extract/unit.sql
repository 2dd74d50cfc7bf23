-- name: unit(unit_key)
-- A unit of work.
-- used by: workflows/units.py
SELECT unit_key, provider, kind, entity, period, state, blocked_reason, lease_holder, fence
FROM work_unit
WHERE unit_key = :unit_key;
