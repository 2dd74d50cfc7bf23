-- name: set_payment_state(batch_key, payment_state)!
-- All items of a batch move together.
-- used by: workflows/batches.py
UPDATE expense_item
SET payment_state = :payment_state
WHERE batch_key = :batch_key;
