-- name: findings(entity, period)
-- Findings in the documents of an entity: place and code, never what was found there.
-- used by: workflows/report_facts.py
SELECT
    told.unit_key, unit.kind, told.stage, told.code, told.severity, told.document, told.line,
    told.field
FROM unit_finding AS told
INNER JOIN work_unit AS unit ON told.unit_key = unit.unit_key
LEFT JOIN source_document AS document ON told.sha256 = document.sha256
WHERE unit.period = :period AND coalesce(document.entity, unit.entity) = :entity
ORDER BY told.code, told.document, told.line, told.field, told.id;
