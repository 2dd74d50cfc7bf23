-- name: claim_message(kind, tried)
-- Take the oldest message that waits; the row stays locked until the answer is written, so two
-- runs never send the same one.
-- used by: workflows/outbox.py
UPDATE outbox_message
SET attempts = attempts + 1
WHERE
    message_key = (
        SELECT waiting.message_key
        FROM outbox_message AS waiting
        WHERE
            waiting.kind = :kind
            AND waiting.sent_at IS NULL
            AND cardinality(waiting.recipients) > 0
            AND NOT (waiting.message_key = any(:tried))
        ORDER BY waiting.created_at, waiting.message_key
        LIMIT 1
        FOR UPDATE SKIP LOCKED
    )
RETURNING message_key, payload_sha256, sender, recipients;
