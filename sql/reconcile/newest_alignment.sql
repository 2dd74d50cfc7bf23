-- name: newest_alignment(period, entities)
-- The newest comparison of each entity in a period; `*` among the entities means all.
-- returns: one row per entity
-- used by: workflows/alignment.py, workflows/readiness.py, cockpit/alignment_read.py
SELECT DISTINCT ON (entity)
    id, entity, content_hash, taken_at, confirmed_at, headcount, aligned_count, differs_count,
    missing_count, unpaid_count, unknown_count, reasons, pay_at_risk_minor,
    expense_at_risk_minor, currency, due_at
FROM alignment_run
WHERE period = :period AND ('*' = any(:entities) OR entity = any(:entities))
ORDER BY entity, id DESC;
