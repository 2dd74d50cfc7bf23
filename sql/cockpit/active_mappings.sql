-- name: active_mappings(table_name)
-- The rows of a table that are active now, of every validity.
-- used by: cockpit/mappings_read.py
SELECT
    id, table_name, natural_key, version, content, valid_from,
    nullif(valid_to, 'infinity') AS valid_to, author, reason, created_at, decided_by, known_from
FROM mapping_row
WHERE table_name = :table_name AND state = 'active' AND valid_to >= valid_from
ORDER BY natural_key, valid_from;
