-- name: proposed_mapping_rows()
-- What waits for another person's decision.
-- used by: cockpit/api.py
SELECT id, table_name, natural_key, version, content, author, reason, created_at
FROM mapping_row
WHERE state = 'proposed'
ORDER BY id;
