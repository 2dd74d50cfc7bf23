-- name: people_codes()
-- Cost centers and projects that HR states of active employees.
-- used by: workflows/mapping_use.py
SELECT DISTINCT
    source,
    entities[1] AS entity,
    coalesce(fields ->> 'cost_center_code', '') AS cost_center_code,
    coalesce(fields ->> 'project_code', '') AS project_code
FROM reference_object
WHERE kind = 'employee' AND active AND known_to = 'infinity'
ORDER BY source, entity, cost_center_code, project_code;
