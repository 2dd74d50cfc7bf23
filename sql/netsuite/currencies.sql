-- name: currencies()
-- Currencies with the decimals that the ERP keeps; `symbol` is the ISO code. SuiteQL.
-- returns: one row per currency
-- used by: adapters/netsuite/reference_data.py
SELECT id, symbol, name, currencyprecision, isinactive
FROM currency
ORDER BY id
