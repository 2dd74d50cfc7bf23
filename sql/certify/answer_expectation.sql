-- name: answer_expectation(entity, provider, period, state, reason, said_by, at)!
-- Say why an expected pay run has not arrived; the last word counts.
-- used by: workflows/expected.py
INSERT INTO expectation_answer (entity, provider, period, state, reason, said_by, said_at)
VALUES (:entity, :provider, :period, :state, :reason, :said_by, :at)
ON CONFLICT (entity, provider, period) DO UPDATE SET
    state = excluded.state,
    reason = excluded.reason,
    said_by = excluded.said_by,
    said_at = excluded.said_at;
