-- name: waiting_expenses(entity, employees, currency)
-- What waits to be repaid to these employees.
-- returns: one row
-- used by: workflows/alignment.py
SELECT coalesce(sum(amount_minor), 0) AS amount_minor
FROM expense_item
WHERE
    entity = :entity
    AND employee_ref = any(:employees)
    AND currency = :currency
    AND payee = 'employee'
    AND payment_state = 'routed';
