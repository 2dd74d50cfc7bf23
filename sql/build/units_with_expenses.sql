-- name: units_with_expenses(period)
-- Units of expenses approved in a period or after it, with what their routing left.
-- used by: workflows/accrue.py
SELECT unit.unit_key, unit.period, stage.output_sha256
FROM work_unit AS unit
INNER JOIN unit_stage AS stage ON unit.unit_key = stage.unit_key
WHERE
    unit.kind = 'expense'
    AND unit.period >= :period
    AND stage.stage = 'route'
    AND stage.output_sha256 <> ''
ORDER BY unit.period, unit.unit_key;
