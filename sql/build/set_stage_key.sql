-- name: set_stage_key(unit_key, stage, input_key)!
-- Remember the inputs on which a stage would find nothing to do.
-- used by: workflows/build.py
UPDATE unit_stage
SET input_key = :input_key
WHERE unit_key = :unit_key AND stage = :stage;
