-- name: upsert_unit(unit_key, provider, kind, entity, period, at)!
-- A unit of work: provider x run, or provider x intake of a period.
-- used by: workflows/intake.py
INSERT INTO work_unit (unit_key, provider, kind, entity, period, created_at, changed_at)
VALUES (:unit_key, :provider, :kind, :entity, :period, :at, :at)
ON CONFLICT (unit_key) DO NOTHING;
