-- name: cure_drift(external_id, at)!
-- The ledger holds the journal as it was built again.
-- used by: workflows/tie_out.py
UPDATE drift
SET cured_at = :at
WHERE external_id = :external_id AND cured_at IS NULL;
