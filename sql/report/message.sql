-- name: message(message_key)
-- One message of the outbox.
-- used by: workflows/outbox.py
SELECT message_key, kind, recipients, created_at, sent_at, attempts, last_answer
FROM outbox_message
WHERE message_key = :message_key;
