-- name: standing_approvals(external_id, content_hash, certificate_hash)
-- Who approved exactly this content over this certificate and was not voided.
-- used by: workflows/approve.py, workflows/post.py
SELECT DISTINCT decided_by
FROM approval
WHERE
    external_id = :external_id
    AND content_hash = :content_hash
    AND certificate_hash = :certificate_hash
    AND decision = 'approved'
    AND voided_at IS NULL
ORDER BY decided_by;
