-- name: fenced_journal(external_id, fence)
-- The journal if the fence is still ours, locked until the transaction ends.
-- used by: workflows/post.py
SELECT external_id, state, content_hash
FROM journal
WHERE external_id = :external_id AND fence = :fence
FOR UPDATE;
