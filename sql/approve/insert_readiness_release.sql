-- name: insert_readiness_release(external_id, content_hash, released_by, at, reason, aligned_count, headcount, threshold_percent)!
-- A second person lets an approved journal go although its entity is under the threshold.
-- used by: workflows/readiness.py
INSERT INTO readiness_release (
    external_id, content_hash, released_by, released_at, reason, aligned_count, headcount,
    threshold_percent
)
VALUES (
    :external_id, :content_hash, :released_by, :at, :reason, :aligned_count, :headcount,
    :threshold_percent
);
