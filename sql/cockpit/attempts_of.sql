-- name: attempts_of(external_id)
-- Every attempt to post a journal.
-- used by: cockpit/journals_read.py, workflows/trace.py
SELECT
    attempt, sent_at, outcome, answer, answered_at, resolved, resolved_at, ledger_ref
FROM posting_attempt
WHERE external_id = :external_id
ORDER BY attempt;
