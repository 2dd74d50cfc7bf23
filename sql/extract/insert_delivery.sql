-- name: insert_delivery(sha256, provider, name, duplicate, received_at)!
-- Note an arrival, also of bytes that we hold already.
-- used by: workflows/intake.py
INSERT INTO document_delivery (sha256, provider, name, duplicate, received_at)
VALUES (:sha256, :provider, :name, :duplicate, :received_at)
ON CONFLICT ON CONSTRAINT document_delivery_once DO NOTHING;
