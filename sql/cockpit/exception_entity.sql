-- name: exception_entity(id)
-- The entity of an exception, to ask for the right to act on it.
-- used by: cockpit/api_acts.py
SELECT entity, code, state
FROM open_exception
WHERE id = :id;
