-- name: lineage_totals(external_id)
-- How much of its sources a journal rests on.
-- used by: cockpit/journals_read.py
SELECT
    count(DISTINCT link.document)::int AS document_count,
    count(*)::int AS link_count,
    coalesce(sum(cardinality(link.source_lines)), 0)::int AS source_line_count
FROM lineage AS link
WHERE link.external_id = :external_id;
