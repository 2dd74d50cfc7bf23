-- name: fenced_unit(unit_key, fence)
-- The unit if the fence is still ours, locked until the transaction ends.
-- used by: workflows/units.py
SELECT unit_key
FROM work_unit
WHERE unit_key = :unit_key AND fence = :fence
FOR UPDATE;
