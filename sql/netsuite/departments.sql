-- name: departments()
-- Our cost centers; finance's code is the external id, else the name. SuiteQL.
-- returns: one row per department
-- used by: adapters/netsuite/reference_data.py
SELECT id, name, parent, subsidiary, includechildren, isinactive, externalid
FROM department
ORDER BY id
