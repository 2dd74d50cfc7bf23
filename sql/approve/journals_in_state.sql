-- name: journals_in_state(entity, period, states)
-- An entity's journals of a period in some states, in a stable order.
-- used by: workflows/approve.py, workflows/post.py
SELECT
    external_id, entity, kind, period, content_hash, content, makers, state, debit_minor,
    currency, line_count, revision, unit_key, state_reason, ledger_ref, ledger_number
FROM journal
WHERE entity = :entity AND period = :period AND state = any(:states)
ORDER BY external_id;
