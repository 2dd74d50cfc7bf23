-- name: insert_period_close(entity, period, at)!
-- A close begins.
-- used by: workflows/tie_out.py
INSERT INTO period_close (entity, period, state, changed_at)
VALUES (:entity, :period, 'not_started', :at)
ON CONFLICT DO NOTHING;
