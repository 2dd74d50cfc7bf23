-- name: posted_twice()
-- Journals with more than one attempt that the ledger took.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT attempt.external_id, count(*)::int AS posted_count
FROM posting_attempt AS attempt
WHERE coalesce(attempt.resolved, attempt.outcome) IN ('posted', 'accepted')
GROUP BY attempt.external_id
HAVING count(*) > 1 OR count(DISTINCT attempt.ledger_ref) > 1;
