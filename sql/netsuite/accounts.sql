-- name: accounts()
-- The chart of accounts; `subsidiary` is a text list such as `1, 3, 4`. SuiteQL.
-- returns: one row per account
-- used by: adapters/netsuite/reference_data.py
SELECT
    id, acctnumber, accttype, fullname, parent, currency, subsidiary, includechildren,
    issummary, isinactive, externalid
FROM account
ORDER BY id
