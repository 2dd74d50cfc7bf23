-- name: forget_payroll_centers(unit_key)!
-- What was taken from an earlier state of a pay run.
-- used by: workflows/payroll_people.py
DELETE FROM payroll_center
WHERE unit_key = :unit_key;
