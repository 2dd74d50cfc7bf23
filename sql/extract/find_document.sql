-- name: find_document(sha256)
-- A document by its bytes.
-- used by: workflows/intake.py
SELECT sha256, provider, name, acknowledged_at, business_key
FROM source_document
WHERE sha256 = :sha256;
