-- name: forget_findings(unit_key, stage)!
-- A stage tells its findings anew each time it runs.
-- used by: workflows/units.py
DELETE FROM unit_finding
WHERE unit_key = :unit_key AND stage = :stage;
