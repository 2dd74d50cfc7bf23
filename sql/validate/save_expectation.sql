-- name: save_expectation(batch_key, entity, period, suite, suite_version, expectation, severity, success, observed, at)!
-- What one expectation said of a batch.
-- used by: workflows/batch_checks.py
INSERT INTO expectation_result (
    batch_key, entity, period, suite, suite_version, expectation, severity, success, observed,
    checked_at
)
VALUES (
    :batch_key, :entity, :period, :suite, :suite_version, :expectation, :severity,
    :success, :observed, :at
)
ON CONFLICT (batch_key, suite, expectation) DO UPDATE SET
    suite_version = excluded.suite_version,
    severity = excluded.severity,
    success = excluded.success,
    observed = excluded.observed,
    checked_at = excluded.checked_at;
