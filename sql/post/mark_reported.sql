-- name: mark_reported(sha256, at)!
-- The platform knows that the ledger holds this document.
-- used by: workflows/status.py
UPDATE source_document
SET reported_at = :at
WHERE sha256 = :sha256;
