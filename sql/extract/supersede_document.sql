-- name: supersede_document(old, new)!
-- Newer bytes of the same document of a source take its place.
-- used by: workflows/intake.py
UPDATE unit_document
SET superseded_by = :new
WHERE sha256 = :old AND superseded_by IS NULL;
