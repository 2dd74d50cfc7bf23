-- name: was_told(object_kind, object_key, code, cause_key)
-- Whether an exception of this cause was ever opened for an object; one that is closed counts.
-- used by: workflows/exceptions.py
SELECT count(*) > 0 AS was_told
FROM open_exception
WHERE
    object_kind = :object_kind
    AND object_key = :object_key
    AND code = :code
    AND cause_key = :cause_key;
