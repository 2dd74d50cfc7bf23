-- name: trace_end_of_source(document, source_line)
-- Where one source line ended.
-- used by: workflows/trace_links.py
SELECT state, reason, coalesce(external_id, '') AS external_id, unit_key
FROM disposition
WHERE document = :document AND source_lines @> :source_line::int
ORDER BY state, reason;
