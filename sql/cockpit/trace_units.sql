-- name: trace_units(unit_keys)
-- Units by key, with the stages that they passed.
-- used by: workflows/trace.py
SELECT
    unit.unit_key, unit.provider, unit.kind, unit.period, unit.state, unit.blocked_reason,
    coalesce(
        array_agg(stage.stage || ' ' || stage.state ORDER BY stage.finished_at)
        FILTER (WHERE stage.stage IS NOT NULL), '{}'
    ) AS stages
FROM work_unit AS unit
LEFT JOIN unit_stage AS stage ON unit.unit_key = stage.unit_key
WHERE unit.unit_key = any(:unit_keys)
GROUP BY unit.unit_key
ORDER BY unit.unit_key;
