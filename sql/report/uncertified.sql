-- name: uncertified(entity, period)
-- Documents that no build has disposed of yet, with the totals they should have.
-- used by: workflows/report_facts.py
SELECT
    unit.kind,
    coalesce(control.currency, '') AS currency,
    count(*)::int AS document_count,
    coalesce(sum(control.line_count), 0)::bigint AS line_count,
    coalesce(sum(control.debit_minor), 0)::bigint AS debit_minor,
    coalesce(sum(control.credit_minor), 0)::bigint AS credit_minor
FROM unit_document AS member
INNER JOIN work_unit AS unit ON member.unit_key = unit.unit_key
INNER JOIN source_document AS document ON member.sha256 = document.sha256
LEFT JOIN document_control AS control ON member.sha256 = control.sha256
WHERE
    unit.period = :period
    AND document.entity = :entity
    AND NOT EXISTS (
        SELECT 1
        FROM disposition AS part
        WHERE part.document = member.sha256 AND part.unit_key = member.unit_key
    )
GROUP BY unit.kind, coalesce(control.currency, '')
ORDER BY currency, kind;
