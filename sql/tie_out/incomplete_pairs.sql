-- name: incomplete_pairs(entity, period)
-- Pairs of which a part is in the ledger and another of the same period is not.
-- returns: a row per journal that is missing
-- used by: workflows/close_checks.py
SELECT missing.external_id, missing.entity, missing.state, missing.pair, missing.debit_minor,
    missing.currency
FROM journal AS missing
WHERE
    missing.pair <> ''
    AND missing.period = :period
    AND missing.state NOT IN (
        'accepted', 'posted', 'read_back', 'tied_out', 'drifted', 'reversed', 'superseded'
    )
    AND EXISTS (
        SELECT 1
        FROM journal AS held
        WHERE
            held.pair = missing.pair
            AND held.period = missing.period
            AND held.state IN (
                'accepted', 'posted', 'read_back', 'tied_out', 'drifted', 'reversed'
            )
    )
    AND EXISTS (
        SELECT 1
        FROM journal AS ours
        WHERE ours.pair = missing.pair AND ours.entity = :entity
    )
ORDER BY missing.external_id;
