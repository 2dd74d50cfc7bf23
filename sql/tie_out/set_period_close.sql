-- name: set_period_close(entity, period, state, at)!
-- Move an entity's close.
-- used by: workflows/tie_out.py
UPDATE period_close
SET state = :state, changed_at = :at
WHERE entity = :entity AND period = :period;
