-- name: certificate_summary(unit_keys)
-- The newest certificates of units, added up.
-- used by: workflows/approve.py
SELECT
    coalesce(sum(newest.in_count), 0)::bigint AS in_count,
    coalesce(sum(newest.built_count), 0)::bigint AS built_count,
    coalesce(sum(newest.held_count), 0)::bigint AS held_count,
    coalesce(sum(newest.excluded_count), 0)::bigint AS excluded_count
FROM (
    SELECT DISTINCT ON (document)
        document, in_count, built_count, held_count, excluded_count
    FROM completeness_certificate
    WHERE unit_key = any(:unit_keys)
    ORDER BY document, revision DESC
) AS newest;
