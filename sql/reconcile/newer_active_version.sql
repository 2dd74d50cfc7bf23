-- name: newer_active_version(table_name, natural_key, valid_from, version)
-- The version that became active after a proposal was made on top of an older one.
-- used by: workflows/mappings.py
SELECT version
FROM mapping_row
WHERE
    table_name = :table_name
    AND natural_key = :natural_key
    AND valid_from = :valid_from
    AND version > :version
    AND state IN ('active', 'retired')
ORDER BY version DESC
LIMIT 1;
