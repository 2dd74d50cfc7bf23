-- name: store_totals(period, entities, gone)
-- What sources and journals sum to before anything was compared; positive classes only.
-- used by: cockpit/tie_out_read.py
SELECT
    class.entity, class.currency,
    sum(greatest(class.source_minor, 0))::bigint AS source_minor,
    sum(greatest(class.journal_minor, 0))::bigint AS journal_minor,
    count(DISTINCT class.component_class)::int AS class_count
FROM (
    SELECT
        part.entity, part.currency, part.component_class,
        sum(part.source_minor) AS source_minor, sum(part.journal_minor) AS journal_minor
    FROM (
        SELECT
            journal.entity, journal.currency, total.component_class,
            total.amount_minor AS source_minor, 0 AS journal_minor
        FROM source_total AS total
        INNER JOIN journal ON total.external_id = journal.external_id
        WHERE journal.period = :period AND NOT (journal.state = any(:gone))
        UNION ALL
        SELECT
            journal.entity, journal.currency, line.component_class,
            0 AS source_minor, line.amount_minor AS journal_minor
        FROM journal_line AS line
        INNER JOIN journal ON line.external_id = journal.external_id
        WHERE journal.period = :period AND NOT (journal.state = any(:gone))
    ) AS part
    GROUP BY part.entity, part.currency, part.component_class
) AS class
WHERE ('*' = any(:entities) OR class.entity = any(:entities))
GROUP BY class.entity, class.currency
ORDER BY class.entity, class.currency;
