-- name: payroll_outputs(period)
-- Mapped rows of a period's regular pay runs, with what was last taken from them.
-- returns: one row per unit
-- used by: workflows/payroll_people.py
SELECT
    unit.unit_key, unit.provider, stage.output_sha256,
    coalesce(reading.output_sha256 = stage.output_sha256, FALSE) AS taken
FROM work_unit AS unit
INNER JOIN unit_stage AS stage ON unit.unit_key = stage.unit_key AND stage.stage = 'reconcile'
LEFT JOIN payroll_reading AS reading ON unit.unit_key = reading.unit_key
WHERE
    unit.kind = 'payroll'
    AND unit.period = :period
    AND stage.output_sha256 <> ''
    AND EXISTS (
        SELECT 1
        FROM unit_document AS member
        INNER JOIN source_document AS document ON member.sha256 = document.sha256
        WHERE
            member.unit_key = unit.unit_key
            AND member.superseded_by IS NULL
            AND NOT member.withdrawn
            AND coalesce(document.facts ->> 'run_kind', 'regular') = 'regular'
    )
ORDER BY unit.unit_key;
