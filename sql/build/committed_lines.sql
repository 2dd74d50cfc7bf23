-- name: committed_lines(unit_key, states)
-- Source lines that a journal in one of these states already carries.
-- used by: workflows/build.py
SELECT part.document, line.line_no
FROM disposition AS part
INNER JOIN journal ON part.external_id = journal.external_id
CROSS JOIN LATERAL unnest(part.source_lines) AS line (line_no)
WHERE part.unit_key = :unit_key AND journal.state = any(:states)
ORDER BY part.document, line.line_no;
