-- name: mark_acknowledged(sha256, at)!
-- The source knows that the bytes are durable here.
-- used by: workflows/intake.py
UPDATE source_document
SET acknowledged_at = :at
WHERE sha256 = :sha256 AND acknowledged_at IS NULL;
