-- name: reference_as_of(source, kind, valid_on, known_at)
-- Master data of a kind as true on a day, by what was known at an instant.
-- returns: one row per object; dates without beginning or end are empty
-- used by: workflows/reference.py
SELECT
    code, ref, name, active, missing, parent_code, entities, fields, known_from,
    nullif(valid_from, '-infinity') AS valid_from,
    nullif(valid_to, 'infinity') AS valid_to
FROM reference_object
WHERE
    source = :source
    AND kind = :kind
    AND known_from <= :known_at AND known_to > :known_at
    AND valid_from <= :valid_on AND valid_to > :valid_on
ORDER BY code;
