-- name: copy_expense_items()!
-- Approved expense parts with their routes, to be merged.
-- used by: workflows/route.py
COPY routed_item (
    document, line_no, report_key, report_ref, document_ref, entity, employee_ref, approved_at,
    part, expense_type, amount_minor, currency, payee, taxable, route, rule, rule_version,
    pay_code, clearing_account, unit_key, payment_state
) FROM STDIN (FORMAT csv, DELIMITER E'\t', NULL '\N');
