-- name: hand_over_batch(batch_key, file_sha256, file_name, at)!
-- Payroll has the file.
-- used by: workflows/batches.py
UPDATE reimbursement_batch
SET
    state = 'handed_over',
    file_sha256 = :file_sha256,
    file_name = :file_name,
    handed_over_at = :at
WHERE batch_key = :batch_key AND state = 'cut';
