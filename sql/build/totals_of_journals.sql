-- name: totals_of_journals(external_ids)
-- What the sources of some journals sum to, by class.
-- used by: workflows/correct.py
SELECT external_id, component_class, amount_minor
FROM source_total
WHERE external_id = any(:external_ids)
ORDER BY external_id, component_class;
