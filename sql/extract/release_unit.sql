-- name: release_unit(unit_key, fence)!
-- Give the unit back.
-- used by: workflows/units.py
UPDATE work_unit
SET lease_until = NULL, lease_holder = ''
WHERE unit_key = :unit_key AND fence = :fence;
