-- name: entities_with_facts(period)
-- Entities that have documents, journals, batches or exceptions in a period.
-- used by: workflows/report.py
SELECT document.entity
FROM unit_document AS member
INNER JOIN work_unit AS unit ON member.unit_key = unit.unit_key
INNER JOIN source_document AS document ON member.sha256 = document.sha256
WHERE unit.period = :period AND document.entity <> ''
UNION
SELECT journal.entity
FROM journal
WHERE journal.period = :period
UNION
SELECT batch.entity
FROM reimbursement_batch AS batch
WHERE batch.period = :period
UNION
SELECT trouble.entity
FROM open_exception AS trouble
WHERE trouble.period = :period AND trouble.entity <> ''
ORDER BY entity;
