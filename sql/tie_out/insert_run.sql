-- name: insert_run(entity, period, state, journal_count, note, at)
-- One comparison of an entity's period.
-- returns: its id
-- used by: workflows/tie_out.py
INSERT INTO tie_out_run (entity, period, state, journal_count, note, compared_at)
VALUES (:entity, :period, :state, :journal_count, :note, :at)
RETURNING id;
