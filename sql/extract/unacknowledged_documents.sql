-- name: unacknowledged_documents(provider)
-- Bytes that are durable here and of which the source does not know yet.
-- used by: workflows/intake.py
SELECT
    document.sha256, document.provider, document.name, document.size_bytes,
    document.media_type, document.native_ref, document.received_at
FROM source_document AS document
LEFT JOIN unit_document AS member ON document.sha256 = member.sha256
WHERE
    document.provider = :provider
    AND document.acknowledged_at IS NULL
    AND NOT coalesce(member.withdrawn, FALSE)
ORDER BY document.sha256;
