-- name: insert_approval(external_id, content_hash, list_hash, decision, decided_by, at, comment)!
-- Record an answer; the trigger refuses makers and other content.
-- used by: workflows/approve.py
INSERT INTO approval (
    external_id, content_hash, list_hash, decision, decided_by, decided_at, comment
)
VALUES (
    :external_id, :content_hash, :list_hash, :decision, :decided_by, :at, :comment
)
ON CONFLICT ON CONSTRAINT approval_once DO NOTHING;
