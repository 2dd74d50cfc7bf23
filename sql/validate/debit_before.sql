-- name: debit_before(entity, kind, period)
-- What the entity's journals of a kind summed to in the last period that has any.
-- returns: no row for the first period
-- used by: workflows/record_checks.py
SELECT period, sum(debit_minor)::bigint AS debit_minor
FROM journal
WHERE
    entity = :entity AND kind = :kind AND period < :period
    AND state NOT IN ('superseded', 'rejected', 'reversed')
GROUP BY period
ORDER BY period DESC
LIMIT 1;
