-- name: journals_of_unit(unit_key)
-- Every journal that was built from a unit by its own build; accruals are decided by entity.
-- used by: workflows/build.py
SELECT external_id, entity, kind, revision, content_hash, state, makers, reverses
FROM journal
WHERE unit_key = :unit_key AND kind NOT IN ('payroll_accrual', 'expense_accrual')
ORDER BY entity, revision;
