-- name: latest_stated_rows()
-- The newest version of each key and first day that was not rejected: what a file must repeat.
-- returns: one row per key and first day; a withdrawn one says so
-- used by: workflows/mapping_import.py
SELECT DISTINCT ON (table_name, natural_key, valid_from)
    table_name, natural_key, version, content, valid_from,
    nullif(valid_to, 'infinity') AS valid_to, state, valid_to < valid_from AS withdrawn
FROM mapping_row
WHERE state <> 'rejected'
ORDER BY table_name, natural_key, valid_from, version DESC;
