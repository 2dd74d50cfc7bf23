-- name: insert_batch(batch_key, entity, route, period, sequence, cutoff_at, line_count, employee_count, total_minor, currency, at)!
-- Cut a batch.
-- used by: workflows/batches.py
INSERT INTO reimbursement_batch (
    batch_key, entity, route, period, sequence, cutoff_at, line_count, employee_count,
    total_minor, currency, cut_at
)
VALUES (
    :batch_key, :entity, :route, :period, :sequence, :cutoff_at, :line_count,
    :employee_count, :total_minor, :currency, :at
)
ON CONFLICT DO NOTHING;
