-- name: forget_expectations(batch_key, suite)!
-- Forget what an earlier version of a suite said of a batch; the newest answer is stored next.
-- used by: workflows/batch_checks.py
DELETE FROM expectation_result
WHERE batch_key = :batch_key AND suite = :suite;
