-- name: earlier_mapping_version(table_name, natural_key, valid_from, version)
-- The version that held before this one, of the same key and first day.
-- used by: workflows/mapping_history.py
SELECT
    id, version, content, valid_from, nullif(valid_to, 'infinity') AS valid_to
FROM mapping_row
WHERE
    table_name = :table_name
    AND natural_key = :natural_key
    AND valid_from = :valid_from
    AND version < :version
    AND state = 'retired'
ORDER BY version DESC
LIMIT 1;
