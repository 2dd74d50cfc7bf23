-- name: retire_mapping_row(table_name, natural_key, valid_from, known_to)!
-- End what was known of the version before, of the same first day; other validities stay.
-- used by: workflows/mappings.py
UPDATE mapping_row
SET state = 'retired', known_to = :known_to
WHERE
    table_name = :table_name
    AND natural_key = :natural_key
    AND valid_from = :valid_from
    AND state = 'active';
