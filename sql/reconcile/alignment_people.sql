-- name: alignment_people(run_id)
-- Employees of a comparison who are not aligned.
-- returns: one row per employee
-- used by: cockpit/alignment_read.py
SELECT employee_ref, standing, missing_in, differences
FROM alignment_row
WHERE run_id = :run_id AND standing <> 'aligned'
ORDER BY employee_ref;
