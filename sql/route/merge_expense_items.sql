-- name: merge_expense_items()!
-- Approved expense parts with their routes; one that was handed over is not routed anew.
-- used by: workflows/route.py
INSERT INTO expense_item (
    document, line_no, unit_key, report_key, report_ref, document_ref, entity, employee_ref,
    approved_at, part, expense_type, amount_minor, currency, payee, taxable, route, rule,
    rule_version, pay_code, clearing_account, payment_state
)
SELECT
    document, line_no, unit_key, report_key, report_ref, document_ref, entity, employee_ref,
    approved_at, part, expense_type, amount_minor, currency, payee, taxable, route, rule,
    rule_version, pay_code, clearing_account, payment_state
FROM routed_item
ON CONFLICT (document, line_no) DO UPDATE SET
    taxable = excluded.taxable,
    route = excluded.route,
    rule = excluded.rule,
    rule_version = excluded.rule_version,
    pay_code = excluded.pay_code,
    clearing_account = excluded.clearing_account
WHERE expense_item.batch_key IS NULL;
