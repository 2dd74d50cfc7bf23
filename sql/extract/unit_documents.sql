-- name: unit_documents(unit_key)
-- The documents a unit is made of now, with what was read from them.
-- used by: workflows/extract.py
SELECT
    document.sha256, document.provider, document.name, document.entity, document.frame_kind,
    document.frame_sha256, document.facts, document.findings, control.origin, control.currency,
    control.line_count, control.debit_minor, control.credit_minor,
    control.headcount, control.net_pay_minor,
    control.read_line_count, control.read_debit_minor, control.read_credit_minor
FROM unit_document AS member
INNER JOIN source_document AS document ON member.sha256 = document.sha256
LEFT JOIN document_control AS control ON document.sha256 = control.sha256
WHERE
    member.unit_key = :unit_key
    AND member.superseded_by IS NULL
    AND NOT member.withdrawn
    AND document.acknowledged_at IS NOT NULL
    AND document.frame_sha256 <> ''
ORDER BY document.sha256;
