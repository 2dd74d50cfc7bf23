-- name: failed_expectations(entity, period)
-- Expectations that do not hold for a unit with documents of the entity.
-- used by: workflows/report_facts.py
SELECT outcome.unit_key, outcome.suite, outcome.expectation, outcome.severity, outcome.observed
FROM expectation_result AS outcome
INNER JOIN work_unit AS unit ON outcome.unit_key = unit.unit_key
WHERE
    unit.period = :period
    AND NOT outcome.success
    AND (
        unit.entity = :entity
        OR EXISTS (
            SELECT 1
            FROM unit_document AS member
            INNER JOIN source_document AS document ON member.sha256 = document.sha256
            WHERE member.unit_key = unit.unit_key AND document.entity = :entity
        )
    )
ORDER BY outcome.severity, outcome.unit_key, outcome.suite, outcome.expectation;
