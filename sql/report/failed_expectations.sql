-- name: failed_expectations(entity, period)
-- Expectations that do not hold for a batch of the entity, or one that serves all entities.
-- used by: workflows/report_facts.py
SELECT
    outcome.batch_key AS unit_key, outcome.suite, outcome.expectation, outcome.severity,
    outcome.observed
FROM expectation_result AS outcome
LEFT JOIN work_unit AS unit ON outcome.batch_key = unit.unit_key
WHERE
    outcome.period = :period
    AND NOT outcome.success
    AND (
        outcome.entity = :entity
        OR (outcome.entity = '' AND unit.unit_key IS NULL)
        OR EXISTS (
            SELECT 1
            FROM unit_document AS member
            INNER JOIN source_document AS document ON member.sha256 = document.sha256
            WHERE member.unit_key = unit.unit_key AND document.entity = :entity
        )
    )
ORDER BY outcome.severity, outcome.batch_key, outcome.suite, outcome.expectation;
