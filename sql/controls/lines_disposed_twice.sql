-- name: lines_disposed_twice()
-- Source lines that ended in two places.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT part.document, ended.line, count(*)::int AS disposition_count
FROM disposition AS part
CROSS JOIN LATERAL unnest(lines_of_ranges(part.source_lines)) AS ended (line)
WHERE part.document IN (
    SELECT every.document FROM disposition AS every
    CROSS JOIN LATERAL unnest(every.source_lines) AS piece (lines)
    GROUP BY every.document
    HAVING sum(upper(piece.lines) - lower(piece.lines)) <> (
        SELECT sum(upper(whole.lines) - lower(whole.lines))
        FROM unnest(range_agg(piece.lines)) AS whole (lines)
    )
)
GROUP BY part.document, ended.line
HAVING count(*) > 1
UNION ALL
-- A line that one place names twice.
SELECT part.document, NULL, (part.line_count - ended.line_count)::int
FROM disposition AS part
CROSS JOIN LATERAL (
    SELECT coalesce(sum(upper(piece.lines) - lower(piece.lines)), 0) AS line_count
    FROM unnest(part.source_lines) AS piece (lines)
) AS ended
WHERE ended.line_count <> part.line_count;
