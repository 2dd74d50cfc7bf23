-- name: open_exception(code, severity, object_kind, object_key, entity, period, batch, cause_key, title, blocks, next_step, item_count, at_risk_minor, currency, owner_role, due_at, at)
-- Open an exception, or refresh the one that is open for the same cause.
-- returns: its id
-- used by: workflows/exceptions.py
INSERT INTO open_exception (
    code, severity, object_kind, object_key, entity, period, batch, cause_key, title, blocks,
    next_step, item_count, at_risk_minor, currency, owner_role, due_at, opened_at
)
VALUES (
    :code, :severity, :object_kind, :object_key, :entity, :period, :batch, :cause_key, :title,
    :blocks, :next_step, :item_count, :at_risk_minor, :currency, :owner_role, :due_at, :at
)
ON CONFLICT (object_kind, object_key, code, cause_key)
WHERE state NOT IN ('closed', 'waived')
DO UPDATE SET
    title = excluded.title,
    severity = excluded.severity,
    item_count = excluded.item_count,
    at_risk_minor = excluded.at_risk_minor
RETURNING id, (xmax = 0) AS opened;
