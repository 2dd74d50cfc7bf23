-- name: trace_from_source(document, block, place)
-- The journal lines that one source line stands behind; `place` is its offset in the block.
-- returns: `share_minor` null where the source line stands with its full amount
-- used by: workflows/trace_links.py
SELECT
    journal.external_id, journal.state, journal.currency,
    stored.line_numbers[1 + width_bucket(link.number - 1, stored.link_ends)] AS line_number,
    stored.shares_minor[link.number] AS share_minor
FROM source_document AS document
INNER JOIN lineage_block AS stored ON document.document_id = stored.document_id
INNER JOIN journal ON stored.journal_id = journal.journal_id
CROSS JOIN LATERAL unnest(array_positions(stored.source_offsets, :place::smallint)) AS link (number)
WHERE
    document.sha256 = :document
    AND stored.block = :block
    AND :place::smallint = any(stored.source_offsets)
ORDER BY journal.built_at, journal.external_id, line_number;
