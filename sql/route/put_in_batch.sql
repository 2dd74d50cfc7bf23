-- name: put_in_batch(batch_key, document, line_no)!
-- An item rides in a batch.
-- used by: workflows/batches.py
UPDATE expense_item
SET batch_key = :batch_key
WHERE document = :document AND line_no = :line_no AND batch_key IS NULL;
