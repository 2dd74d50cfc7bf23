-- name: lock_payroll_people()
-- One reader of who stands in the pay runs at a time, until the transaction ends.
-- used by: workflows/payroll_people.py
SELECT pg_advisory_xact_lock(7410273005) IS NULL AS locked;
