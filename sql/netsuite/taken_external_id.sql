-- name: taken_external_id(external_id)
-- Any transaction under our key, of whatever type and letter case: bills share the name space. SuiteQL.
-- returns: one row, or none
-- used by: adapters/netsuite/reading.py
SELECT t.id, t.type, t.externalid, t.posting, t.postingperiod,
    TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.currency
FROM transaction t
WHERE UPPER(t.externalid) = ?
ORDER BY t.id
