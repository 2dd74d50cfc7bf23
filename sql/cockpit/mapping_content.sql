-- name: mapping_content(id)
-- What a mapping row says, to ask for the right to decide on it.
-- used by: cockpit/api_acts.py
SELECT table_name, natural_key, version, content, state, author
FROM mapping_row
WHERE id = :id;
