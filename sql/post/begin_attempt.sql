-- name: begin_attempt(external_id, fence, content_hash, at)
-- Persist the intent before the first byte is sent.
-- returns: the attempt's number
-- used by: workflows/post.py
INSERT INTO posting_attempt (external_id, attempt, fence, content_hash, sent_at)
SELECT
    :external_id::varchar,
    coalesce(max(before.attempt), 0) + 1,
    :fence,
    :content_hash,
    :at
FROM posting_attempt AS before
WHERE before.external_id = :external_id::varchar
RETURNING attempt;
