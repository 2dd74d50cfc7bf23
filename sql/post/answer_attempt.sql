-- name: answer_attempt(external_id, attempt, outcome, answer, ledger_ref, at)!
-- What the ledger answered.
-- used by: workflows/post.py
UPDATE posting_attempt
SET outcome = :outcome, answer = :answer, ledger_ref = :ledger_ref, answered_at = :at
WHERE external_id = :external_id AND attempt = :attempt AND outcome IS NULL;
