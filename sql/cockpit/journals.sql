-- name: journals(period, entities)
-- Journals of a period with their standing approvals and last attempt.
-- used by: cockpit/journals_read.py
SELECT
    journal.external_id, journal.entity, journal.kind, journal.period, journal.batch,
    journal.revision, journal.part, journal.unit_key, journal.accounting_date,
    journal.currency, journal.memo, journal.debit_minor, journal.line_count,
    journal.content_hash, journal.correlation_id, journal.makers, journal.state,
    journal.state_reason, journal.ledger_ref, journal.ledger_number, journal.built_at,
    journal.changed_at, approved.approval_count, tried.attempt_count, tried.last_outcome
FROM journal
CROSS JOIN LATERAL (
    SELECT count(DISTINCT approval.decided_by)::int AS approval_count
    FROM approval
    WHERE
        approval.external_id = journal.external_id
        AND approval.content_hash = journal.content_hash
        AND approval.decision = 'approved'
        AND approval.voided_at IS NULL
) AS approved
CROSS JOIN LATERAL (
    SELECT
        count(*)::int AS attempt_count,
        coalesce((array_agg(coalesce(attempt.resolved, attempt.outcome, 'sending')
                            ORDER BY attempt.attempt DESC))[1], '') AS last_outcome
    FROM posting_attempt AS attempt
    WHERE attempt.external_id = journal.external_id
) AS tried
WHERE journal.period = :period AND ('*' = any(:entities) OR journal.entity = any(:entities))
ORDER BY journal.entity, journal.kind, journal.external_id;
