-- name: previous_run_totals(unit_key)
-- The totals of the run before, of the same provider and entity.
-- used by: workflows/validate.py
SELECT control.read_line_count
FROM work_unit AS unit
INNER JOIN work_unit AS before
    ON
        unit.provider = before.provider
        AND unit.entity = before.entity
        AND before.period < unit.period
INNER JOIN unit_document AS member
    ON before.unit_key = member.unit_key AND member.superseded_by IS NULL
INNER JOIN document_control AS control ON member.sha256 = control.sha256
WHERE unit.unit_key = :unit_key
ORDER BY before.period DESC
LIMIT 1;
