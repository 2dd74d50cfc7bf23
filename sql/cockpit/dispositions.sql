-- name: dispositions(period, entities)
-- Where the source lines of each document of a period ended.
-- used by: cockpit/dispositions_read.py
SELECT
    unit.provider, unit.unit_key, document.sha256, document.name, document.entity,
    document.business_key, document.received_at,
    CASE
        WHEN member.withdrawn THEN 'withdrawn'
        WHEN member.superseded_by IS NOT NULL THEN 'replaced'
        ELSE 'current'
    END AS standing,
    coalesce(control.origin, '') AS origin, coalesce(control.currency, '') AS currency,
    coalesce(nullif(control.read_line_count, -1), control.line_count, 0) AS in_count,
    ended.built_count, ended.held_count, ended.excluded_count, ended.carried_count,
    (
        SELECT count(*) FROM document_delivery AS delivery WHERE delivery.sha256 = document.sha256
    )::int AS delivery_count
FROM unit_document AS member
INNER JOIN work_unit AS unit ON member.unit_key = unit.unit_key
INNER JOIN source_document AS document ON member.sha256 = document.sha256
LEFT JOIN document_control AS control ON document.sha256 = control.sha256
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(part.line_count) FILTER (WHERE part.state = 'built'), 0)::int
            AS built_count,
        coalesce(sum(part.line_count) FILTER (WHERE part.state = 'held'), 0)::int
            AS held_count,
        coalesce(sum(part.line_count) FILTER (WHERE part.state = 'excluded'), 0)::int
            AS excluded_count,
        coalesce(
            sum(part.line_count) FILTER (WHERE part.state = 'carried_over'), 0
        )::int AS carried_count
    FROM disposition AS part
    WHERE part.document = document.sha256 AND part.unit_key = unit.unit_key
) AS ended
WHERE unit.period = :period AND ('*' = any(:entities) OR document.entity = any(:entities))
ORDER BY unit.provider, unit.unit_key, document.name, document.sha256;
