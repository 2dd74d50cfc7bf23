-- name: insert_alignment_row(run_id, employee_ref, standing, missing_in, differences)!
-- How one employee stands; no pay, no name.
-- used by: workflows/alignment.py
INSERT INTO alignment_row (run_id, employee_ref, standing, missing_in, differences)
VALUES (:run_id, :employee_ref, :standing, :missing_in, :differences);
