-- name: period_closes(period, entities)
-- How far each entity's close has come.
-- used by: cockpit/board_read.py, cockpit/tie_out_read.py
SELECT entity, state, changed_at, signed_by
FROM period_close
WHERE period = :period AND ('*' = any(:entities) OR entity = any(:entities))
ORDER BY entity;
