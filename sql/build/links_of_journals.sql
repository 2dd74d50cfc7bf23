-- name: links_of_journals(external_ids)
-- The source lines behind each line of some journals, by document, with what they give to it.
-- used by: workflows/correct.py
SELECT
    behind.external_id, behind.line_number, behind.document, behind.amount_minor,
    array_agg(link.source_line ORDER BY link.source_line) AS source_lines
FROM lineage AS behind
INNER JOIN lineage_link AS link
    ON
        behind.external_id = link.external_id
        AND behind.line_number = link.line_number
        AND behind.document = link.document
WHERE behind.external_id = any(:external_ids)
GROUP BY behind.external_id, behind.line_number, behind.document, behind.amount_minor
ORDER BY behind.external_id, behind.line_number, behind.document;
