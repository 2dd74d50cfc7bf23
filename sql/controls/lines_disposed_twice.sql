-- name: lines_disposed_twice()
-- Source lines that ended in two places.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT part.document, ended.line, count(*)::int AS disposition_count
FROM disposition AS part
CROSS JOIN LATERAL unnest(part.source_lines) AS ended (line)
GROUP BY part.document, ended.line
HAVING count(*) > 1;
