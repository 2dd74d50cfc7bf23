-- name: previous_run_totals(unit_key)
-- What the run before read, of the same provider and entity.
-- used by: workflows/validate.py
SELECT control.read_line_count, control.read_headcount, control.read_net_pay_minor
FROM work_unit AS unit
INNER JOIN work_unit AS before
    ON
        unit.provider = before.provider
        AND unit.entity = before.entity
        AND before.period < unit.period
INNER JOIN unit_document AS member
    ON before.unit_key = member.unit_key AND member.superseded_by IS NULL
INNER JOIN document_control AS control ON member.sha256 = control.sha256
WHERE unit.unit_key = :unit_key AND control.read_line_count >= 0
ORDER BY before.period DESC, control.sha256
LIMIT 1;
