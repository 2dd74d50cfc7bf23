-- name: spent_types()
-- What was spent and by whom it was to be repaid, as routing will be asked again.
-- used by: workflows/mapping_use.py
SELECT DISTINCT entity, payee, expense_type
FROM expense_item
ORDER BY entity, payee, expense_type;
