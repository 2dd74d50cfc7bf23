-- name: posted_without_approval()
-- Journals that went to the ledger without a standing approval of their content.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT journal.external_id, journal.state
FROM journal
WHERE
    journal.state IN (
        'approved', 'queued', 'sending', 'accepted', 'indeterminate', 'posted', 'read_back',
        'tied_out', 'drifted', 'reversed'
    )
    AND NOT EXISTS (
        SELECT 1
        FROM approval
        WHERE
            approval.external_id = journal.external_id
            AND approval.content_hash = journal.content_hash
            AND approval.decision = 'approved'
            AND approval.voided_at IS NULL
    );
