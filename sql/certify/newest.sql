-- name: newest(period, entities)
-- The newest certificate of each entity for a period.
-- used by: workflows/certify.py, cockpit/certificates_read.py
SELECT DISTINCT ON (entity) entity, period, revision, content_hash, content, equal, made_at
FROM period_certificate
WHERE period = :period AND ('*' = any(:entities) OR entity = any(:entities))
ORDER BY entity ASC, revision DESC;
