-- name: uncovered_documents()
-- Documents whose dispositions do not cover their lines 1 to n exactly once.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT
    newest.document, newest.unit_key, newest.in_count,
    ended.disposed_count::int AS disposed_count, ended.distinct_count::int AS distinct_count
FROM (
    SELECT DISTINCT ON (document, unit_key) document, unit_key, in_count
    FROM completeness_certificate
    ORDER BY document, unit_key, revision DESC
) AS newest
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(upper(piece.lines) - lower(piece.lines)), 0) AS disposed_count,
        coalesce(range_agg(piece.lines), '{}') AS covered,
        coalesce((
            SELECT sum(upper(whole.lines) - lower(whole.lines))
            FROM unnest(range_agg(piece.lines)) AS whole (lines)
        ), 0) AS distinct_count
    FROM disposition AS part
    CROSS JOIN LATERAL unnest(part.source_lines) AS piece (lines)
    WHERE part.document = newest.document AND part.unit_key = newest.unit_key
) AS ended
WHERE
    ended.disposed_count <> newest.in_count
    OR ended.distinct_count <> newest.in_count
    OR ended.covered <> int4multirange(int4range(1, newest.in_count + 1));
