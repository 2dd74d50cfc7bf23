-- name: release_journal(external_id, fence)!
-- Give the journal back.
-- used by: workflows/post.py
UPDATE journal
SET lease_until = NULL, lease_holder = ''
WHERE external_id = :external_id AND fence = :fence;
