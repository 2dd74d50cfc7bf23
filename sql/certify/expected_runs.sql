-- name: expected_runs(entity, period)
-- What arrived for an entity's period, and what people said of what did not.
-- used by: workflows/expected.py
SELECT unit.provider, 'arrived' AS state, '' AS reason, '' AS said_by
FROM work_unit AS unit
WHERE unit.entity = :entity AND unit.period = :period AND unit.kind = 'payroll'
GROUP BY unit.provider
UNION ALL
SELECT answer.provider, answer.state, answer.reason, answer.said_by
FROM expectation_answer AS answer
WHERE answer.entity = :entity AND answer.period = :period
ORDER BY provider, state;
