-- name: documents(entity, period)
-- An entity's documents of a period's units, what they state, hold, and where it ended.
-- used by: workflows/certify.py
SELECT
    document.sha256, document.name, unit.kind, unit.unit_key,
    coalesce(control.currency, '') AS currency, coalesce(control.origin, 'none') AS origin,
    control.line_count, control.debit_minor, control.credit_minor,
    control.read_line_count, control.read_debit_minor, control.read_credit_minor,
    coalesce(ended.line_count, 0)::bigint AS ended_count,
    coalesce(ended.built_count, 0)::bigint AS built_count,
    coalesce(ended.debit_minor, 0)::bigint AS ended_debit,
    coalesce(ended.credit_minor, 0)::bigint AS ended_credit
FROM unit_document AS member
INNER JOIN work_unit AS unit ON member.unit_key = unit.unit_key
INNER JOIN source_document AS document ON member.sha256 = document.sha256
LEFT JOIN document_control AS control ON document.sha256 = control.sha256
LEFT JOIN LATERAL (
    SELECT
        sum(part.line_count) AS line_count,
        sum(part.line_count) FILTER (WHERE part.state = 'built') AS built_count,
        sum(part.debit_minor) AS debit_minor,
        sum(part.credit_minor) AS credit_minor
    FROM disposition AS part
    WHERE part.document = document.sha256 AND part.unit_key = unit.unit_key
) AS ended ON TRUE
WHERE
    unit.period = :period
    AND document.entity = :entity
    AND (
        ended.line_count IS NOT NULL
        OR (document.acknowledged_at IS NOT NULL AND NOT member.withdrawn)
    )
ORDER BY unit.kind, document.sha256;
