-- name: committed_lines(unit_key, states)
-- Source lines that a journal in one of these states already carries.
-- returns: runs of neighbouring lines, `last_line` included
-- used by: workflows/build.py
SELECT part.document, lower(piece.lines) AS first_line, upper(piece.lines) - 1 AS last_line
FROM disposition AS part
INNER JOIN journal ON part.external_id = journal.external_id
CROSS JOIN LATERAL unnest(part.source_lines) AS piece (lines)
WHERE part.unit_key = :unit_key AND journal.state = any(:states)
ORDER BY part.document, first_line;
