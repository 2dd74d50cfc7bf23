-- name: alignment(hr, ledger)
-- Every active employee exactly once, with whether HR's cost center stands open in the ERP.
-- returns: one row per active employee
-- used by: workflows/master_data.py
SELECT
    person.code AS employee_ref,
    person.entities[1] AS entity,
    CASE
        WHEN rule.natural_key IS NULL THEN 'missing in mapping'
        WHEN center.code IS NULL THEN 'missing in ERP'
        WHEN NOT center.active OR center.missing THEN 'differs: closed in ERP'
        ELSE 'aligned'
    END AS state
FROM reference_object AS person
LEFT JOIN LATERAL (
    SELECT mapping.natural_key, mapping.content ->> 'cost_center' AS cost_center
    FROM mapping_row AS mapping
    WHERE
        mapping.table_name = 'cost_centers'
        AND mapping.state = 'active'
        AND mapping.content ->> 'source_code' = person.fields ->> 'cost_center_code'
        AND mapping.content ->> 'entity' IN (person.entities[1], '*')
    ORDER BY mapping.natural_key
    LIMIT 1
) AS rule ON TRUE
LEFT JOIN reference_object AS center
    ON
        center.source = :ledger
        AND center.kind = 'cost_center'
        AND center.code = rule.cost_center
        AND center.known_to = 'infinity'
WHERE
    person.source = :hr
    AND person.kind = 'employee'
    AND person.known_to = 'infinity'
    AND person.active
ORDER BY person.code;
