-- name: trace_reports(documents)
-- Approval, route and payment of the reports behind some documents; no amount, no person.
-- used by: workflows/trace.py
SELECT
    item.document, item.report_ref, item.report_key, item.entity,
    min(item.approved_at) AS approved_at, count(*)::int AS line_count,
    array_agg(DISTINCT item.route ORDER BY item.route) AS routes,
    array_agg(DISTINCT item.rule || ' v' || item.rule_version) AS rules,
    array_agg(DISTINCT item.payment_state ORDER BY item.payment_state) AS payment_states,
    array_remove(array_agg(DISTINCT item.batch_key), NULL) AS batch_keys
FROM expense_item AS item
WHERE item.document = any(:documents)
GROUP BY item.document, item.report_ref, item.report_key, item.entity
ORDER BY min(item.approved_at), item.report_ref, item.document;
