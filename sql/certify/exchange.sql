-- name: exchange(entity, period)
-- Foreign expenses of a period at the platform's rate and at the reference rate, by currency.
-- used by: workflows/bridges.py
SELECT
    gap.spend_currency, gap.currency, gap.reference_source,
    count(*)::bigint AS entry_count,
    sum(gap.approved_minor)::bigint AS approved_minor,
    sum(gap.reference_minor)::bigint AS reference_minor,
    sum(gap.difference_minor)::bigint AS difference_minor,
    count(*) FILTER (WHERE gap.difference_minor <> 0)::bigint AS differing_count,
    count(*) FILTER (WHERE gap.reference_derivation <> '')::bigint AS derived_count
FROM exchange_difference AS gap
INNER JOIN unit_document AS member ON gap.document = member.sha256
INNER JOIN work_unit AS unit ON member.unit_key = unit.unit_key
WHERE
    gap.entity = :entity
    AND unit.period = :period
    AND member.superseded_by IS NULL
    AND NOT member.withdrawn
GROUP BY gap.spend_currency, gap.currency, gap.reference_source
ORDER BY gap.currency, gap.spend_currency, gap.reference_source;
