-- name: periods()
-- The base months with their locks; quarters, years and adjustment periods are left out. SuiteQL.
-- returns: one row per posting period
-- used by: adapters/netsuite/periods.py
SELECT
    id, periodname, TO_CHAR(startdate, 'YYYY-MM-DD') AS startdate,
    TO_CHAR(enddate, 'YYYY-MM-DD') AS enddate, closed, alllocked, aplocked
FROM accountingperiod
WHERE isposting = 'T' AND isquarter = 'F' AND isyear = 'F' AND isadjust = 'F' AND isinactive = 'F'
ORDER BY startdate, id
