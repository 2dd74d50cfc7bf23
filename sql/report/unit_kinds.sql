-- name: unit_kinds(period)
-- What each unit of a period is made of.
-- used by: workflows/report_facts.py
SELECT unit_key, kind
FROM work_unit
WHERE period = :period
ORDER BY unit_key;
