-- name: last_attempt(external_id)
-- The newest attempt to post a journal.
-- used by: workflows/post.py
SELECT attempt, sent_at, outcome, resolved, ledger_ref
FROM posting_attempt
WHERE external_id = :external_id
ORDER BY attempt DESC
LIMIT 1;
