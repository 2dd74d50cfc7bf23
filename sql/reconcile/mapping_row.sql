-- name: mapping_row(id)
-- One version of a mapping row, locked for a decision.
-- used by: workflows/mappings.py, workflows/mapping_history.py
SELECT
    id, table_name, natural_key, version, content, valid_from,
    nullif(valid_to, 'infinity') AS valid_to, state, author, reason, created_at, decided_by
FROM mapping_row
WHERE id = :id
FOR UPDATE;
