-- name: insert_approval(external_id, content_hash, list_hash, decision, decided_by, at, comment, certificate_hash)!
-- Record an answer; the trigger refuses makers and other content.
-- used by: workflows/approve.py
INSERT INTO approval (
    external_id, content_hash, list_hash, decision, decided_by, decided_at, comment,
    certificate_hash
)
VALUES (
    :external_id, :content_hash, :list_hash, :decision, :decided_by, :at, :comment,
    :certificate_hash
)
ON CONFLICT (external_id, content_hash, decided_by, list_hash, certificate_hash)
WHERE voided_at IS NULL
DO NOTHING;
