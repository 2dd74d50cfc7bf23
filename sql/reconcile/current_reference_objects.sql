-- name: current_reference_objects(source)
-- What is known last of a source's master data.
-- returns: one row per object
-- used by: workflows/reference.py
SELECT id, kind, code, ref, name, active, missing, parent_code, entities, fields
FROM reference_object
WHERE source = :source AND known_to = 'infinity' AND valid_to = 'infinity'
ORDER BY kind, code;
