-- name: change_reference_object(id, effective, ref, name, active, missing, parent_code, entities, fields, known_from)!
-- What is known last of an object ends; its past stays true until the change takes effect.
-- used by: workflows/reference.py
WITH ended AS (
    UPDATE reference_object
    SET known_to = :known_from
    WHERE id = :id
    RETURNING
        source, kind, code, ref, name, active, missing, parent_code, entities, fields, valid_from
),

kept AS (
    INSERT INTO reference_object (
        source, kind, code, ref, name, active, missing, parent_code, entities, fields,
        valid_from, valid_to, known_from
    )
    SELECT
        ended.source, ended.kind, ended.code, ended.ref, ended.name, ended.active, ended.missing,
        ended.parent_code, ended.entities, ended.fields, ended.valid_from, :effective, :known_from
    FROM ended
    WHERE ended.valid_from < :effective
)

INSERT INTO reference_object (
    source, kind, code, ref, name, active, missing, parent_code, entities, fields,
    valid_from, known_from
)
SELECT
    ended.source, ended.kind, ended.code, :ref, :name, :active, :missing,
    :parent_code, :entities, :fields, greatest(ended.valid_from, :effective), :known_from
FROM ended;
