-- name: ended(entity, period)
-- Where the lines of an entity ended that concern a period: its own, and what earlier ones left.
-- used by: workflows/certify.py
SELECT
    unit.kind, coalesce(control.currency, '') AS currency, unit.period AS unit_period, part.state,
    coalesce(journal.period, '') AS journal_period, coalesce(part.carried_to, '') AS carried_to,
    sum(part.line_count)::bigint AS line_count,
    sum(part.debit_minor)::bigint AS debit_minor,
    sum(part.credit_minor)::bigint AS credit_minor
FROM disposition AS part
INNER JOIN work_unit AS unit ON part.unit_key = unit.unit_key
INNER JOIN source_document AS document ON part.document = document.sha256
LEFT JOIN document_control AS control ON document.sha256 = control.sha256
LEFT JOIN journal ON part.external_id = journal.external_id
WHERE
    document.entity = :entity
    AND unit.period <= :period
    AND (
        unit.period = :period
        OR part.state IN ('held', 'carried_over')
        OR journal.period >= :period
    )
GROUP BY
    unit.kind, control.currency, unit.period, part.state, journal.period, part.carried_to
ORDER BY
    unit.kind, currency, unit_period, part.state, journal_period, carried_to;
