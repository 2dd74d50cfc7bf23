-- name: insert_reference_object(source, kind, code, ref, name, active, missing, parent_code, entities, fields, known_from)!
-- What a source says of one object from now on.
-- used by: workflows/master_data.py
INSERT INTO reference_object (
    source, kind, code, ref, name, active, missing, parent_code, entities, fields, known_from
)
VALUES (
    :source, :kind, :code, :ref, :name, :active, :missing,
    :parent_code, :entities, :fields, :known_from
);
