-- name: save_payroll_reading(unit_key, period, output_sha256, read_at)!
-- Which state of a pay run was taken.
-- used by: workflows/payroll_people.py
INSERT INTO payroll_reading (unit_key, period, output_sha256, read_at)
VALUES (:unit_key, :period, :output_sha256, :read_at)
ON CONFLICT (unit_key) DO UPDATE
    SET period = excluded.period, output_sha256 = excluded.output_sha256, read_at = excluded.read_at;
