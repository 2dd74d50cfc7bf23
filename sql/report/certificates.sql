-- name: certificates(entity, period)
-- The newest certificate of each document, added up by who stated its control totals.
-- used by: workflows/report_facts.py
SELECT
    newest.origin,
    count(*)::int AS document_count,
    sum(newest.in_count)::bigint AS in_count,
    sum(newest.built_count)::bigint AS built_count,
    sum(newest.held_count)::bigint AS held_count,
    sum(newest.excluded_count)::bigint AS excluded_count,
    sum(newest.carried_count)::bigint AS carried_count
FROM (
    SELECT DISTINCT ON (certificate.document, certificate.unit_key)
        certificate.document, certificate.origin, certificate.in_count,
        certificate.built_count, certificate.held_count, certificate.excluded_count,
        certificate.carried_count
    FROM completeness_certificate AS certificate
    INNER JOIN work_unit AS unit ON certificate.unit_key = unit.unit_key
    INNER JOIN source_document AS document ON certificate.document = document.sha256
    WHERE unit.period = :period AND document.entity = :entity
    ORDER BY
        certificate.document ASC, certificate.unit_key ASC, certificate.revision DESC
) AS newest
GROUP BY newest.origin
ORDER BY newest.origin;
