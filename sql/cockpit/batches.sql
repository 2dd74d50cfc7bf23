-- name: batches(period, entities)
-- Reimbursement batches of a period.
-- used by: cockpit/dispositions_read.py
SELECT
    batch_key, entity, route, period, sequence, cutoff_at, line_count, employee_count,
    total_minor, paid_minor, currency, state, file_name, file_sha256, cut_at, handed_over_at
FROM reimbursement_batch
WHERE period = :period AND ('*' = any(:entities) OR entity = any(:entities))
ORDER BY entity, route, sequence;
