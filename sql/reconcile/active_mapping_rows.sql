-- name: active_mapping_rows(known_at)
-- Every mapping and policy row as it was known at an instant; a withdrawn one is not among them.
-- returns: one row per key and first day
-- used by: workflows/mappings.py
SELECT
    id, table_name, natural_key, version, content, valid_from,
    nullif(valid_to, 'infinity') AS valid_to, author, reason, decided_by, created_at, known_from
FROM mapping_row
WHERE
    state IN ('active', 'retired')
    AND known_from <= :known_at
    AND known_to > :known_at
    AND valid_to >= valid_from
ORDER BY table_name, natural_key, version;
