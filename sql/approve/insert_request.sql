-- name: insert_request(request_key, entity, period, list_hash, journals, certificates, approvers, at)!
-- Write a request once; a changed list asks in a new run.
-- used by: workflows/approve.py
INSERT INTO approval_request (
    request_key, entity, period, list_hash, journals, certificates, approvers, asked_at
)
VALUES (:request_key, :entity, :period, :list_hash, :journals, :certificates, :approvers, :at)
ON CONFLICT (request_key) DO NOTHING;
