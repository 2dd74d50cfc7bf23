-- name: settle_batch(batch_key, state, paid_minor)!
-- The pay run's read-back of a batch.
-- used by: workflows/batches.py
UPDATE reimbursement_batch
SET state = :state, paid_minor = :paid_minor
WHERE batch_key = :batch_key AND state IN ('handed_over', 'acknowledged', 'partly_settled');
