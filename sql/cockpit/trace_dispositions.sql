-- name: trace_dispositions(documents)
-- Where the lines of some documents ended, per state; counts only.
-- used by: workflows/trace.py
SELECT
    part.document, part.unit_key, part.state, coalesce(part.external_id, '') AS external_id,
    part.reason, sum(part.line_count)::int AS line_count
FROM disposition AS part
WHERE part.document = any(:documents)
GROUP BY part.document, part.unit_key, part.state, part.external_id, part.reason
ORDER BY part.document, part.state, part.external_id, part.reason;
