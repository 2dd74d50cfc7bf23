-- name: open_of_object(object_kind, object_key)
-- What is open for one object.
-- used by: workflows/exceptions.py
SELECT id, code, cause_key, entity, state
FROM open_exception
WHERE
    object_kind = :object_kind
    AND object_key = :object_key
    AND state NOT IN ('closed', 'waived')
ORDER BY id;
