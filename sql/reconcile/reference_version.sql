-- name: reference_version(source, known_at)
-- Changes whenever anything known of a source's master data changes.
-- used by: workflows/reconcile.py
SELECT coalesce(max(id), 0) || ':' || count(*) AS version
FROM reference_object
WHERE source = :source AND known_from <= :known_at AND known_to > :known_at;
