-- name: batches_of(entity, period)
-- Batches that were cut for a payroll of the entity.
-- used by: workflows/batches.py, workflows/build.py
SELECT
    batch_key, entity, period, sequence, cutoff_at, line_count, total_minor, currency, state,
    file_name, paid_minor
FROM reimbursement_batch
WHERE entity = :entity AND period = :period AND route = 'payroll'
ORDER BY sequence;
