-- name: employees()
-- Employees by number only: no name, no address. SuiteQL.
-- returns: one row per employee
-- used by: adapters/netsuite/reference_data.py
SELECT id, subsidiary, department, isinactive, externalid
FROM employee
ORDER BY id
