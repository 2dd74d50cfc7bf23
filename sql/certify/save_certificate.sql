-- name: save_certificate(entity, period, content_hash, content, equal, at)!
-- Keep a certificate that says something new; the newest one counts.
-- used by: workflows/certify.py
INSERT INTO period_certificate (
    entity, period, revision, content_hash, content, equal, made_at
)
SELECT
    :entity, :period, coalesce(max(before.revision), 0) + 1, :content_hash, :content, :equal, :at
FROM period_certificate AS before
WHERE before.entity = :entity AND before.period = :period
HAVING NOT coalesce(
    (array_agg(before.content_hash ORDER BY before.revision DESC))[1] = :content_hash, FALSE
);
