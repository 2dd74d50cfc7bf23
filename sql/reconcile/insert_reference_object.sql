-- name: insert_reference_object(source, kind, code, ref, name, active, parent_code, entities, fields, valid_from, valid_to, known_from)!
-- What a source says of an object that was not known; no date means without beginning or end.
-- used by: workflows/reference.py
INSERT INTO reference_object (
    source, kind, code, ref, name, active, missing, parent_code, entities, fields,
    valid_from, valid_to, known_from
)
VALUES (
    :source, :kind, :code, :ref, :name, :active, FALSE, :parent_code, :entities, :fields,
    coalesce(CAST(:valid_from AS date), '-infinity'), coalesce(CAST(:valid_to AS date), 'infinity'),
    :known_from
);
