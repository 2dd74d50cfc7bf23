-- name: latest_stated_rows()
-- The newest content of each row, to tell which rows of a file are new.
-- used by: workflows/mappings.py
SELECT DISTINCT ON (table_name, natural_key) table_name, natural_key, content, valid_from, state
FROM mapping_row
WHERE state <> 'rejected'
ORDER BY table_name, natural_key, version DESC;
