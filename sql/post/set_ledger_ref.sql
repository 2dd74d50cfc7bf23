-- name: set_ledger_ref(external_id, ledger_ref, ledger_number)!
-- The ERP's own id and number of a journal.
-- used by: workflows/post.py
UPDATE journal
SET ledger_ref = :ledger_ref, ledger_number = :ledger_number
WHERE external_id = :external_id;
