-- name: retire_mapping_row(table_name, natural_key, known_to)!
-- End what was known of the version before.
-- used by: workflows/mappings.py
UPDATE mapping_row
SET state = 'retired', known_to = :known_to
WHERE table_name = :table_name AND natural_key = :natural_key AND state = 'active';
