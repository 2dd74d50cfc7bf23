-- name: batch_lines(batch_key)
-- The lines of a batch as payroll gets them.
-- used by: workflows/batches.py
SELECT
    employee_ref, report_ref, pay_code, currency,
    sum(amount_minor)::bigint AS amount_minor,
    min(approved_at) AS approved_at
FROM expense_item
WHERE batch_key = :batch_key
GROUP BY employee_ref, report_ref, pay_code, currency
ORDER BY employee_ref, report_ref, pay_code;
