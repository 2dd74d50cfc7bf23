-- name: readiness_release(external_id, content_hash)
-- A second person's release of exactly this content, or none.
-- used by: workflows/readiness.py
SELECT released_by, released_at, reason
FROM readiness_release
WHERE external_id = :external_id AND content_hash = :content_hash;
