-- name: stage_of_unit(unit_key, stage)
-- What a stage last did for a unit.
-- used by: workflows/units.py
SELECT input_key, output_sha256, state, row_count, finding_count
FROM unit_stage
WHERE unit_key = :unit_key AND stage = :stage;
