-- name: journals_of_unit(unit_key)
-- Every journal that was built from a unit.
-- used by: workflows/build.py
SELECT external_id, entity, revision, content_hash, state, makers
FROM journal
WHERE unit_key = :unit_key
ORDER BY entity, revision;
