-- name: vendors()
-- Vendors; the name of a person is not asked for by its own column and never kept. SuiteQL.
-- returns: one row per vendor
-- used by: adapters/netsuite/reference_data.py
SELECT id, companyname, currency, isperson, isinactive, externalid
FROM vendor
ORDER BY id
