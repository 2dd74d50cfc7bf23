-- name: unit_parts(unit_key, entity)
-- What a unit's certificate says of an entity: documents, their totals, and where they ended.
-- used by: workflows/certify.py
SELECT
    document.sha256, coalesce(control.origin, 'none') AS origin,
    coalesce(control.currency, '') AS currency, control.line_count, control.debit_minor,
    control.credit_minor, part.state, part.reason, coalesce(part.carried_to, '') AS carried_to,
    sum(part.line_count)::bigint AS ended_count,
    sum(part.debit_minor)::bigint AS ended_debit,
    sum(part.credit_minor)::bigint AS ended_credit
FROM disposition AS part
INNER JOIN source_document AS document ON part.document = document.sha256
LEFT JOIN document_control AS control ON document.sha256 = control.sha256
WHERE part.unit_key = :unit_key AND document.entity = :entity
GROUP BY
    document.sha256, control.origin, control.currency, control.line_count, control.debit_minor,
    control.credit_minor, part.state, part.reason, part.carried_to
ORDER BY document.sha256, part.state, part.reason, carried_to;
