-- name: unit_results(unit_keys)
-- How the lines of units ended, and how many journals stand.
-- used by: workflows/load_summary.py
SELECT
    unit.unit_key, unit.kind, unit.period, unit.state,
    count(DISTINCT part.document)::int AS document_count,
    coalesce(sum(part.line_count) FILTER (WHERE part.state = 'built'), 0)::int AS built_count,
    coalesce(sum(part.line_count) FILTER (WHERE part.state = 'held'), 0)::int AS held_count,
    coalesce(sum(part.line_count) FILTER (WHERE part.state = 'excluded'), 0)::int
        AS excluded_count,
    coalesce(sum(part.line_count) FILTER (WHERE part.state = 'carried_over'), 0)::int
        AS carried_count,
    (
        SELECT count(*) FROM journal
        WHERE journal.unit_key = unit.unit_key AND journal.state <> 'superseded'
    )::int AS journal_count
FROM work_unit AS unit
LEFT JOIN disposition AS part ON unit.unit_key = part.unit_key
WHERE unit.unit_key = any(:unit_keys)
GROUP BY unit.unit_key
ORDER BY unit.unit_key;
