-- name: approved_by_a_maker()
-- Journals that stand as approved by someone who helped to make them.
-- returns: no row, or what breaks the promise
-- used by: cockpit/controls_read.py
SELECT approval.external_id, approval.decided_by
FROM approval
INNER JOIN journal ON approval.external_id = journal.external_id
WHERE
    approval.decision = 'approved'
    AND approval.voided_at IS NULL
    AND approval.content_hash = journal.content_hash
    AND approval.decided_by = any(journal.makers);
