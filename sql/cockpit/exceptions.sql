-- name: exceptions(period, state, entities)
-- The queue of a period; `state` is open, closed or empty for all. Without entity: for everybody.
-- used by: cockpit/exceptions_read.py
SELECT
    id, code, severity, object_kind, object_key, entity, period, batch, cause_key, title,
    blocks, next_step, item_count, at_risk_minor, currency, owner_role, due_at, state,
    opened_at, closed_at, closed_how
FROM open_exception
WHERE
    period = :period
    AND (entity = '' OR ('*' = any(:entities) OR entity = any(:entities)))
    AND (
        :state = ''
        OR (:state = 'open' AND state NOT IN ('closed', 'waived'))
        OR (:state = 'closed' AND state IN ('closed', 'waived'))
    )
ORDER BY (state IN ('closed', 'waived')), due_at NULLS LAST, at_risk_minor DESC, id;
