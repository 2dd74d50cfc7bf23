-- name: units_of_document(sha256)
-- The units that a document belongs to.
-- used by: workflows/load.py
SELECT unit_key
FROM unit_document
WHERE sha256 = :sha256
ORDER BY unit_key;
