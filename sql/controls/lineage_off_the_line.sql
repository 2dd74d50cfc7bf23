-- name: lineage_off_the_line()
-- Journal lines that their lineage does not sum to.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT
    line.external_id, line.line_number, line.amount_minor,
    coalesce(sum(link.amount_minor), 0)::bigint AS lineage_minor
FROM journal_line AS line
LEFT JOIN lineage AS link
    ON line.external_id = link.external_id AND line.line_number = link.line_number
GROUP BY line.external_id, line.line_number, line.amount_minor
HAVING coalesce(sum(link.amount_minor), 0) <> line.amount_minor;
