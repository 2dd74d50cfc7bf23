-- name: line_sums(entity, period)
-- Where the source lines of an entity's documents ended, and how far their journals have come.
-- `journal_state` is empty for lines that no journal carries.
-- used by: workflows/report_facts.py
SELECT
    unit.kind,
    part.state,
    CASE WHEN part.state = 'excluded' THEN part.reason ELSE '' END AS reason,
    coalesce(journal.state, '') AS journal_state,
    coalesce(control.currency, journal.currency, '') AS currency,
    sum(part.line_count)::bigint AS line_count,
    sum(part.debit_minor)::bigint AS debit_minor,
    sum(part.credit_minor)::bigint AS credit_minor
FROM disposition AS part
INNER JOIN work_unit AS unit ON part.unit_key = unit.unit_key
INNER JOIN source_document AS document ON part.document = document.sha256
LEFT JOIN journal ON part.external_id = journal.external_id
LEFT JOIN document_control AS control ON part.document = control.sha256
WHERE unit.period = :period AND document.entity = :entity
GROUP BY
    unit.kind, part.state, CASE WHEN part.state = 'excluded' THEN part.reason ELSE '' END,
    coalesce(journal.state, ''), coalesce(control.currency, journal.currency, '')
ORDER BY currency, kind, state, reason, journal_state;
