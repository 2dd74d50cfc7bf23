-- name: trace_classes(external_id, documents)
-- What a journal's lines sum to by class, and how many of its lines rest on some documents.
-- used by: workflows/trace.py
SELECT
    line.component_class,
    sum(greatest(line.amount_minor, 0))::bigint AS debit_minor,
    sum(greatest(-line.amount_minor, 0))::bigint AS credit_minor,
    count(*)::int AS line_count,
    sum(line.people_count)::int AS people_count,
    count(touched.line_number)::int AS touched_count
FROM journal_line AS line
LEFT JOIN (
    SELECT DISTINCT unnest(stored.line_numbers) AS line_number
    FROM lineage_block AS stored
    INNER JOIN journal ON stored.journal_id = journal.journal_id
    INNER JOIN source_document AS document ON stored.document_id = document.document_id
    WHERE journal.external_id = :external_id AND document.sha256 = any(:documents)
) AS touched ON line.line_number = touched.line_number
WHERE line.external_id = :external_id
GROUP BY line.component_class
ORDER BY line.component_class;
