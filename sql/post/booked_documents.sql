-- name: booked_documents(provider, period)
-- Documents that the ledger holds wholly and of which their platform was not told yet.
-- used by: workflows/status.py
SELECT
    document.sha256, document.name, document.native_ref, journal.entity,
    max(journal.ledger_ref) AS ledger_ref,
    max(journal.ledger_number) AS ledger_number,
    max(journal.accounting_date) AS accounting_date
FROM source_document AS document
INNER JOIN disposition AS part ON document.sha256 = part.document
LEFT JOIN journal ON part.external_id = journal.external_id
WHERE
    document.provider = :provider
    AND document.reported_at IS NULL
    AND document.acknowledged_at IS NOT NULL
GROUP BY document.sha256, document.name, document.native_ref, journal.entity
HAVING bool_and(
    part.state = 'excluded'
    OR coalesce(
        journal.state IN ('read_back', 'tied_out') AND journal.period = :period, FALSE
    )
) AND bool_or(part.state = 'built')
ORDER BY document.sha256;
