-- name: payable_through_payroll()
-- Routed items that no batch carries yet, netted per employee and report.
-- returns: one row per entity, employee, report and pay code
-- used by: workflows/batches.py
SELECT
    entity, employee_ref, report_key, report_ref, pay_code, currency,
    max(approved_at) AS approved_at,
    sum(amount_minor)::bigint AS amount_minor,
    count(*)::int AS line_count,
    array_agg(document || ':' || line_no ORDER BY document, line_no) AS items
FROM expense_item
WHERE route = 'payroll' AND payee = 'employee' AND payment_state = 'routed' AND batch_key IS NULL
GROUP BY entity, employee_ref, report_key, report_ref, pay_code, currency
ORDER BY entity, employee_ref, report_ref, pay_code;
