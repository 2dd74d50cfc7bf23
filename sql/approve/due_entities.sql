-- name: due_entities(period, states)
-- Entities with journals of a period in some states.
-- used by: workflows/approve.py
SELECT DISTINCT entity
FROM journal
WHERE period = :period AND state = any(:states)
ORDER BY entity
LIMIT 1024;
