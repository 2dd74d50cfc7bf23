-- name: held_lines(unit_key)
-- Source lines of a unit that wait.
-- used by: workflows/accrue.py
SELECT part.document, line.line_no
FROM disposition AS part
CROSS JOIN LATERAL unnest(lines_of_ranges(part.source_lines)) AS line (line_no)
WHERE part.unit_key = :unit_key AND part.state = 'held'
ORDER BY part.document, line.line_no;
