-- name: classifications()
-- Our projects; finance's code is the external id, else the name. SuiteQL.
-- returns: one row per classification
-- used by: adapters/netsuite/reference_data.py
SELECT id, name, parent, subsidiary, includechildren, isinactive, externalid
FROM classification
ORDER BY id
