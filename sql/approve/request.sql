-- name: request(request_key)
-- What was asked.
-- used by: workflows/approve.py
SELECT request_key, entity, period, list_hash, journals, certificates, approvers, asked_at
FROM approval_request
WHERE request_key = :request_key;
