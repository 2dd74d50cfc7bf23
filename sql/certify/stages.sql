-- name: stages(entity, period)
-- What each stage passed on, of the units that hold documents of an entity.
-- used by: workflows/certify.py
SELECT stage.unit_key, stage.stage, stage.sums, stage.altered
FROM unit_stage AS stage
INNER JOIN work_unit AS unit ON stage.unit_key = unit.unit_key
WHERE
    unit.period = :period
    AND stage.stage IN ('extract', 'validate', 'reconcile', 'route')
    AND stage.sums <> '{}'
    AND EXISTS (
        SELECT 1
        FROM unit_document AS member
        INNER JOIN source_document AS document ON member.sha256 = document.sha256
        WHERE
            member.unit_key = unit.unit_key
            AND member.superseded_by IS NULL
            AND NOT member.withdrawn
            AND document.entity = :entity
    )
ORDER BY stage.unit_key, stage.stage;
