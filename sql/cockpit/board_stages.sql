-- name: board_stages(period)
-- How far each unit of a period has come, with the evidence.
-- used by: cockpit/board_read.py
SELECT
    stage.unit_key, stage.stage, stage.state, stage.row_count, stage.finding_count,
    stage.finished_at
FROM unit_stage AS stage
INNER JOIN work_unit AS unit ON stage.unit_key = unit.unit_key
WHERE unit.period = :period
ORDER BY stage.unit_key, stage.finished_at;
