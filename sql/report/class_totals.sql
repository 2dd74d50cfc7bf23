-- name: class_totals(entity, period, gone)
-- Sources and journals by component class, before a comparison read the ledger.
-- used by: workflows/report_facts.py
SELECT
    part.component_class, part.currency,
    sum(part.source_minor)::bigint AS source_minor,
    sum(part.journal_minor)::bigint AS journal_minor
FROM (
    SELECT
        total.component_class, journal.currency, total.amount_minor AS source_minor,
        0 AS journal_minor
    FROM source_total AS total
    INNER JOIN journal ON total.external_id = journal.external_id
    WHERE
        journal.entity = :entity AND journal.period = :period
        AND NOT (journal.state = any(:gone))
    UNION ALL
    SELECT
        line.component_class, journal.currency, 0 AS source_minor,
        line.amount_minor AS journal_minor
    FROM journal_line AS line
    INNER JOIN journal ON line.external_id = journal.external_id
    WHERE
        journal.entity = :entity AND journal.period = :period
        AND NOT (journal.state = any(:gone))
) AS part
GROUP BY part.component_class, part.currency
ORDER BY part.component_class, part.currency;
