-- name: was_asked(batch_key)
-- Whether a suite ever answered about a batch.
-- used by: workflows/load_unit.py
SELECT EXISTS (
    SELECT 1 FROM expectation_result WHERE batch_key = :batch_key
) AS asked;
