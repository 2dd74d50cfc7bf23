-- name: withdraw_document(sha256)!
-- The source took the document back before we had it.
-- used by: workflows/intake.py
UPDATE unit_document
SET withdrawn = TRUE
WHERE sha256 = :sha256;
