-- name: subsidiaries()
-- The legal entities that our role may see. SuiteQL, sent to NetSuite; never run on the warehouse.
-- returns: one row per subsidiary
-- used by: adapters/netsuite/reference_data.py
SELECT id, name, currency, country, parent, iselimination, isinactive, externalid
FROM subsidiary
ORDER BY id
