-- name: newest_read_units()
-- Of each provider and entity the newest unit whose rows were read: where codes are seen.
-- used by: workflows/mapping_use.py
SELECT DISTINCT ON (unit.provider, unit.entity)
    unit.provider, unit.entity, unit.kind, stage.output_sha256
FROM work_unit AS unit
INNER JOIN unit_stage AS stage ON unit.unit_key = stage.unit_key
WHERE stage.stage = 'validate' AND stage.output_sha256 <> ''
ORDER BY unit.provider, unit.entity, unit.period DESC, unit.unit_key DESC;
