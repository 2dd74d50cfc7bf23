-- name: void_approvals(external_id, at, reason)!
-- Approvals of a journal no longer hold.
-- used by: workflows/journals.py
UPDATE approval
SET voided_at = :at, void_reason = :reason
WHERE external_id = :external_id AND voided_at IS NULL;
