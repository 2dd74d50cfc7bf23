-- name: exception_by_id(id)
-- One exception, locked.
-- used by: workflows/exceptions.py
SELECT
    id, code, severity, object_kind, object_key, entity, period, batch, cause_key, title,
    blocks, next_step, item_count, at_risk_minor, currency, owner_role, due_at, state,
    opened_at, closed_at, closed_how
FROM open_exception
WHERE id = :id
FOR UPDATE;
