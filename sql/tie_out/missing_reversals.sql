-- name: missing_reversals(entity, period)
-- Reversals that a period must open with and that are not in the ledger: built or not.
-- returns: a row per accrual of an earlier period, with its reversal where one was built
-- used by: workflows/close_checks.py
SELECT
    accrual.external_id AS accrual,
    accrual.period AS accrued_in,
    accrual.debit_minor,
    accrual.currency,
    reversal.external_id AS reversal,
    reversal.state AS reversal_state
FROM journal AS accrual
LEFT JOIN journal AS reversal
    ON
        accrual.external_id = reversal.reverses
        AND accrual.kind = reversal.kind
        AND reversal.state <> 'superseded'
WHERE
    accrual.entity = :entity
    AND accrual.kind IN ('payroll_accrual', 'expense_accrual')
    AND accrual.reverses IS NULL
    AND accrual.state IN ('accepted', 'posted', 'read_back', 'tied_out', 'drifted', 'reversed')
    AND accrual.period < :period
    AND (
        reversal.external_id IS NULL
        OR (
            reversal.period <= :period
            AND reversal.state NOT IN ('posted', 'read_back', 'tied_out', 'drifted', 'reversed')
        )
    )
ORDER BY accrual.external_id;
