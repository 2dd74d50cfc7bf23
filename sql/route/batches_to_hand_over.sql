-- name: batches_to_hand_over()
-- Batches that are cut and that payroll does not have yet.
-- used by: workflows/batches.py
SELECT batch_key, entity, period, sequence, cutoff_at, line_count, total_minor, currency
FROM reimbursement_batch
WHERE state = 'cut'
ORDER BY batch_key;
