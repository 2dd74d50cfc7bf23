-- name: source_totals(entity, period)
-- What the sources of each journal sum to, by class.
-- used by: workflows/tie_out.py
SELECT total.external_id, total.component_class, total.amount_minor
FROM source_total AS total
INNER JOIN journal ON total.external_id = journal.external_id
WHERE journal.entity = :entity AND journal.period = :period
ORDER BY total.external_id, total.component_class;
