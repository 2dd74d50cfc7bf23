-- name: uncovered_documents()
-- Documents whose dispositions do not cover their lines 1 to n exactly once.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT
    newest.document, newest.unit_key, newest.in_count,
    count(ended.line)::int AS disposed_count, count(DISTINCT ended.line)::int AS distinct_count
FROM (
    SELECT DISTINCT ON (document, unit_key) document, unit_key, in_count
    FROM completeness_certificate
    ORDER BY document, unit_key, revision DESC
) AS newest
LEFT JOIN LATERAL (
    SELECT unnest(part.source_lines) AS line
    FROM disposition AS part
    WHERE part.document = newest.document AND part.unit_key = newest.unit_key
) AS ended ON TRUE
GROUP BY newest.document, newest.unit_key, newest.in_count
HAVING
    count(ended.line) <> newest.in_count
    OR count(DISTINCT ended.line) <> newest.in_count
    OR min(ended.line) < 1
    OR max(ended.line) > newest.in_count;
