-- name: certificate_summary(unit_keys, entity)
-- The newest certificates of an entity's documents in some units, added up.
-- used by: workflows/approve.py
SELECT
    coalesce(sum(newest.in_count), 0)::bigint AS in_count,
    coalesce(sum(newest.built_count), 0)::bigint AS built_count,
    coalesce(sum(newest.held_count), 0)::bigint AS held_count,
    coalesce(sum(newest.excluded_count), 0)::bigint AS excluded_count
FROM (
    SELECT DISTINCT ON (certificate.document)
        certificate.document, certificate.in_count, certificate.built_count,
        certificate.held_count, certificate.excluded_count
    FROM completeness_certificate AS certificate
    INNER JOIN source_document AS document ON certificate.document = document.sha256
    WHERE certificate.unit_key = any(:unit_keys) AND document.entity = :entity
    ORDER BY certificate.document ASC, certificate.revision DESC
) AS newest;
