-- name: lineage_off_the_source()
-- Journals whose lineage does not sum to what their sources state, by class.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT
    coalesce(linked.external_id, stated.external_id) AS external_id,
    coalesce(linked.component_class, stated.component_class) AS component_class,
    coalesce(stated.amount_minor, 0) AS source_minor,
    coalesce(linked.amount_minor, 0) AS lineage_minor
FROM (
    SELECT line.external_id, line.component_class, sum(link.amount_minor)::bigint AS amount_minor
    FROM journal_line AS line
    INNER JOIN lineage AS link
        ON line.external_id = link.external_id AND line.line_number = link.line_number
    GROUP BY line.external_id, line.component_class
) AS linked
FULL JOIN source_total AS stated
    ON
        linked.external_id = stated.external_id
        AND linked.component_class = stated.component_class
WHERE coalesce(linked.amount_minor, 0) <> coalesce(stated.amount_minor, 0);
