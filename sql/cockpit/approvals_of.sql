-- name: approvals_of(external_id)
-- Every answer on a journal, also those that no longer hold.
-- used by: cockpit/journals_read.py, workflows/trace.py
SELECT
    decision, decided_by, decided_at, comment, content_hash, list_hash, voided_at, void_reason
FROM approval
WHERE external_id = :external_id
ORDER BY id;
