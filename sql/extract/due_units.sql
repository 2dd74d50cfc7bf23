-- name: due_units(period, kind)
-- Units of a period, the oldest first; `kind` empty means all.
-- used by: workflows/units.py
SELECT unit_key, provider, entity
FROM work_unit
WHERE period = :period AND (:kind = '' OR kind = :kind)
ORDER BY kind, created_at, unit_key
LIMIT 1024;
