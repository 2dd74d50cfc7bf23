-- name: approval_requests(period, entities)
-- Who was asked by which task of which run; the newest ask first.
-- used by: cockpit/board_read.py
SELECT entity, request_key, asked_at
FROM approval_request
WHERE period = :period AND ('*' = any(:entities) OR entity = any(:entities))
ORDER BY entity, asked_at DESC, request_key;
