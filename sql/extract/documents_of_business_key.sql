-- name: documents_of_business_key(provider, business_key, sha256)
-- Other documents that say they are the same report, and stand in a unit.
-- used by: workflows/intake.py
SELECT document.sha256, document.name, document.native_ref, document.received_at
FROM source_document AS document
INNER JOIN unit_document AS member ON document.sha256 = member.sha256
WHERE
    document.provider = :provider
    AND document.business_key = :business_key
    AND document.sha256 <> :sha256
    AND member.superseded_by IS NULL
    AND NOT member.withdrawn
ORDER BY document.received_at, document.sha256;
