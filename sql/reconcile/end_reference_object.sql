-- name: end_reference_object(id, known_to)!
-- Another version of this object becomes known.
-- used by: workflows/master_data.py
UPDATE reference_object
SET known_to = :known_to
WHERE id = :id;
