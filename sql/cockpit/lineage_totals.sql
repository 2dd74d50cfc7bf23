-- name: lineage_totals(external_id)
-- How much of its sources a journal rests on.
-- used by: cockpit/journals_read.py
SELECT
    count(DISTINCT stored.document_id)::int AS document_count,
    coalesce(sum(cardinality(stored.line_numbers)), 0)::int AS link_count,
    coalesce(sum(cardinality(stored.source_offsets)), 0)::int AS source_line_count
FROM lineage_block AS stored
INNER JOIN journal ON stored.journal_id = journal.journal_id
WHERE journal.external_id = :external_id;
