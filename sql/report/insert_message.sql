-- name: insert_message(message_key, kind, payload_sha256, sender, recipients, at)
-- Put a message into the outbox; the same key changes nothing.
-- returns: its key when it is new
-- used by: workflows/outbox.py
INSERT INTO outbox_message (message_key, kind, payload_sha256, sender, recipients, created_at)
VALUES (:message_key, :kind, :payload_sha256, :sender, :recipients, :at)
ON CONFLICT (message_key) DO NOTHING
RETURNING message_key;
