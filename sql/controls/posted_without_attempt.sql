-- name: posted_without_attempt()
-- Journals in the ledger without an attempt that put them there.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT journal.external_id, journal.state
FROM journal
WHERE
    journal.state IN ('posted', 'read_back', 'tied_out', 'drifted', 'reversed')
    AND NOT EXISTS (
        SELECT 1
        FROM posting_attempt AS attempt
        WHERE
            attempt.external_id = journal.external_id
            AND (
                coalesce(attempt.resolved, attempt.outcome) IN ('posted', 'accepted')
            )
    );
