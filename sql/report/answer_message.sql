-- name: answer_message(message_key, sent_at, recipients, last_answer)!
-- Note what became of an attempt; `recipients` are those it still owes.
-- used by: workflows/outbox.py
UPDATE outbox_message
SET
    sent_at = :sent_at,
    recipients = CASE WHEN :sent_at::timestamptz IS NULL THEN :recipients ELSE recipients END,
    last_answer = :last_answer
WHERE message_key = :message_key;
