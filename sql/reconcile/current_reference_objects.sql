-- name: current_reference_objects(source)
-- What is known of a source's master data now.
-- used by: workflows/master_data.py
SELECT id, kind, code, ref, name, active, missing, parent_code, entities, fields
FROM reference_object
WHERE source = :source AND known_to = 'infinity'
ORDER BY kind, code;
