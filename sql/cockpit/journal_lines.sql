-- name: journal_lines(external_id)
-- The lines of a journal with how many documents and source lines stand behind each.
-- used by: cockpit/journals_read.py
SELECT
    line.line_number, line.account, line.cost_center, line.project, line.component_class,
    line.amount_minor, line.description, line.people_count,
    count(link.document)::int AS document_count,
    coalesce(sum(link.link_count), 0)::int AS source_line_count
FROM journal_line AS line
LEFT JOIN lineage AS link
    ON line.external_id = link.external_id AND line.line_number = link.line_number
WHERE line.external_id = :external_id
GROUP BY line.external_id, line.line_number
ORDER BY line.line_number;
