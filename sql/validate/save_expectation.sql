-- name: save_expectation(unit_key, suite, suite_version, expectation, severity, success, observed, at)!
-- What one expectation said of a unit's totals.
-- used by: workflows/validate.py
INSERT INTO expectation_result (
    unit_key, suite, suite_version, expectation, severity, success, observed, checked_at
)
VALUES (
    :unit_key, :suite, :suite_version, :expectation, :severity,
    :success, :observed, :at
)
ON CONFLICT (unit_key, suite, expectation) DO UPDATE SET
    suite_version = excluded.suite_version,
    severity = excluded.severity,
    success = excluded.success,
    observed = excluded.observed,
    checked_at = excluded.checked_at;
