-- name: frozen_reason(entity)
-- Why posting of an entity is frozen, if it is.
-- used by: workflows/post.py
SELECT reason
FROM entity_freeze
WHERE entity = :entity;
