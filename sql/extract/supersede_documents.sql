-- name: supersede_documents(unit_key, sha256)
-- A corrected delivery takes the place of the earlier ones of its run.
-- returns: the documents it replaced
-- used by: workflows/intake.py
UPDATE unit_document
SET superseded_by = :sha256
WHERE unit_key = :unit_key AND sha256 <> :sha256 AND superseded_by IS NULL
RETURNING sha256;
