-- name: unit_stage_findings(unit_key)
-- Everything that was found in a unit, by stage.
-- used by: workflows/build.py
SELECT stage, sha256, code, severity, message, document, line, field, found, blocks, next_step
FROM unit_finding
WHERE unit_key = :unit_key
ORDER BY id;
