-- name: batches(entity, period)
-- Reimbursement batches that were cut for a period.
-- used by: workflows/report_facts.py
SELECT
    batch_key, cutoff_at, line_count, employee_count, total_minor, paid_minor, currency, state
FROM reimbursement_batch
WHERE entity = :entity AND period = :period
ORDER BY route, sequence;
