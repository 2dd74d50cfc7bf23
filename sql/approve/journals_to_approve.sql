-- name: journals_to_approve(entity, period)
-- What an entity's controllers are asked for a period: its journals that wait, and what belongs to
-- them in the next one (the reversal of an accrual).
-- used by: workflows/approve.py
SELECT
    external_id, entity, kind, period, content_hash, content, makers, state, debit_minor,
    currency, line_count, revision, unit_key, state_reason, ledger_ref, ledger_number
FROM journal
WHERE
    entity = :entity
    AND state = 'awaiting_approval'
    AND (
        period = :period
        OR EXISTS (
            SELECT 1
            FROM journal AS first
            WHERE first.external_id = journal.reverses
                AND first.kind = journal.kind
                AND first.period = :period
        )
    )
ORDER BY external_id;
