-- name: trace_behind_line(external_id, line_number)
-- The source lines behind one journal line, by document and block.
-- returns: `shares_minor` beside `source_lines`; null where a line stands with its full amount
-- used by: workflows/trace_links.py
SELECT
    document.sha256 AS document, document.name,
    stored.block,
    stored.amounts_minor[place.number] AS amount_minor,
    stored.source_offsets[
        coalesce(stored.link_ends[place.number - 1], 0) + 1:(stored.link_ends[place.number])
    ] AS offsets,
    stored.shares_minor[
        coalesce(stored.link_ends[place.number - 1], 0) + 1:(stored.link_ends[place.number])
    ] AS shares_minor
FROM journal
INNER JOIN lineage_block AS stored ON journal.journal_id = stored.journal_id
INNER JOIN source_document AS document ON stored.document_id = document.document_id
CROSS JOIN LATERAL (SELECT array_position(stored.line_numbers, :line_number)) AS place (number)
WHERE
    journal.external_id = :external_id
    AND stored.first_line <= :line_number
    AND stored.last_line >= :line_number
    AND place.number IS NOT NULL
ORDER BY document.received_at, document.sha256, stored.block;
