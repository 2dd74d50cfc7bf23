-- name: active_mapping_rows(known_at)
-- Every mapping and policy row as it was known at an instant.
-- used by: workflows/mappings.py
SELECT table_name, natural_key, version, content, valid_from, author, decided_by
FROM mapping_row
WHERE
    state IN ('active', 'retired')
    AND known_from <= :known_at
    AND known_to > :known_at
ORDER BY table_name, natural_key, version;
