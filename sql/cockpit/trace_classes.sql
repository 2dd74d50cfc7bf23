-- name: trace_classes(external_id, documents)
-- What a journal's lines sum to by class, and how many of its lines rest on some documents.
-- used by: workflows/trace.py
SELECT
    line.component_class,
    sum(greatest(line.amount_minor, 0))::bigint AS debit_minor,
    sum(greatest(-line.amount_minor, 0))::bigint AS credit_minor,
    count(*)::int AS line_count,
    sum(line.people_count)::int AS people_count,
    count(*) FILTER (
        WHERE EXISTS (
            SELECT 1
            FROM lineage AS link
            WHERE
                link.external_id = line.external_id
                AND link.line_number = line.line_number
                AND link.document = any(:documents)
        )
    )::int AS touched_count
FROM journal_line AS line
WHERE line.external_id = :external_id
GROUP BY line.component_class
ORDER BY line.component_class;
