-- name: arrived_entities(provider, period)
-- Entities of which a provider delivered something for a period.
-- used by: workflows/sweep.py
SELECT DISTINCT entity
FROM work_unit
WHERE provider = :provider AND period = :period
ORDER BY entity;
