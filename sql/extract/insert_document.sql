-- name: insert_document(sha256, provider, name, size_bytes, media_type, native_ref, business_key, received_at, entity, frame_kind, frame_sha256, facts, summary, findings)!
-- Register bytes that are durable in the object store, with what was read from them.
-- used by: workflows/intake.py
INSERT INTO source_document (
    sha256, provider, name, size_bytes, media_type, native_ref, business_key,
    received_at, entity, frame_kind, frame_sha256, facts, summary, findings
)
VALUES (
    :sha256, :provider, :name, :size_bytes, :media_type, :native_ref,
    :business_key, :received_at, :entity, :frame_kind, :frame_sha256,
    :facts, :summary, :findings
)
ON CONFLICT (sha256) DO NOTHING;
