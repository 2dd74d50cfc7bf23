-- name: resolve_attempt(external_id, attempt, resolved, ledger_ref, at)!
-- What an unclear attempt turned out to be.
-- used by: workflows/post.py
UPDATE posting_attempt
SET resolved = :resolved, ledger_ref = :ledger_ref, resolved_at = :at
WHERE external_id = :external_id AND attempt = :attempt;
