-- name: period_close(entity, period)
-- How far an entity's close has come.
-- used by: workflows/tie_out.py
SELECT entity, period, state, changed_at, signed_by
FROM period_close
WHERE entity = :entity AND period = :period
FOR UPDATE;
