-- name: trace_batches(batch_keys)
-- Batches by key; the total stands for a group, never for one person.
-- used by: workflows/trace.py
SELECT
    batch_key, entity, route, period, state, line_count, employee_count, total_minor,
    paid_minor, currency, cut_at, handed_over_at, file_name
FROM reimbursement_batch
WHERE batch_key = any(:batch_keys)
ORDER BY batch_key;
