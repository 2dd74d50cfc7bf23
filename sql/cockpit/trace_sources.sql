-- name: trace_sources(external_ids)
-- Documents on which some journals rest.
-- used by: workflows/trace.py
SELECT DISTINCT
    document.sha256, document.provider, document.name, document.business_key, document.entity,
    document.received_at
FROM disposition AS part
INNER JOIN source_document AS document ON part.document = document.sha256
WHERE part.external_id = any(:external_ids)
ORDER BY document.received_at, document.sha256;
