-- name: board_units(period, entities)
-- Units of a period with each entity that their documents concern.
-- used by: cockpit/board_read.py
SELECT
    unit.unit_key, unit.provider, unit.kind, unit.state, unit.blocked_reason, unit.lease_holder,
    coalesce(unit.lease_until > clock_timestamp(), FALSE) AS held, concerned.entity
FROM work_unit AS unit
CROSS JOIN LATERAL (
    SELECT unit.entity
    WHERE unit.entity <> ''
    UNION
    SELECT document.entity
    FROM unit_document AS member
    INNER JOIN source_document AS document ON member.sha256 = document.sha256
    WHERE member.unit_key = unit.unit_key AND unit.entity = '' AND document.entity <> ''
) AS concerned
WHERE unit.period = :period AND ('*' = any(:entities) OR concerned.entity = any(:entities))
ORDER BY concerned.entity, unit.unit_key;
