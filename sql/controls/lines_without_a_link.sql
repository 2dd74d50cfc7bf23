-- name: lines_without_a_link()
-- Source lines said to be built that no line of their journal rests on, or the other way round.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT
    built.external_id, built.document, built.line_count::int AS built_count,
    coalesce(linked.line_count, 0)::int AS linked_count
FROM (
    SELECT external_id, document, sum(line_count) AS line_count
    FROM disposition
    WHERE state = 'built'
    GROUP BY external_id, document
) AS built
LEFT JOIN (
    SELECT
        journal.external_id, document.sha256 AS document,
        count(DISTINCT stored.block * 32768 + offsets.place) AS line_count
    FROM lineage_block AS stored
    INNER JOIN journal ON stored.journal_id = journal.journal_id
    INNER JOIN source_document AS document ON stored.document_id = document.document_id
    CROSS JOIN LATERAL unnest(stored.source_offsets) AS offsets (place)
    GROUP BY journal.external_id, document.sha256
) AS linked
    ON built.external_id = linked.external_id AND built.document = linked.document
WHERE coalesce(linked.line_count, 0) <> built.line_count;
