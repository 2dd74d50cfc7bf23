-- name: last_run(entity, period)
-- The newest comparison.
-- used by: workflows/tie_out.py, cockpit/api.py
SELECT id, entity, period, state, journal_count, note, compared_at
FROM tie_out_run
WHERE entity = :entity AND period = :period
ORDER BY id DESC
LIMIT 1;
