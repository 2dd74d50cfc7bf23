-- name: traces_of_external_id(external_id, memo_pattern)
-- Where our key also shows: on a document of another type or in another letter case, since bills
-- share the name space, or in the memo of a journal whose external id was changed. SuiteQL.
-- returns: one row per document, mostly none
-- used by: adapters/netsuite/reading.py
SELECT
    t.id AS journal, t.type, t.tranid, t.externalid, t.posting, t.postingperiod,
    TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.currency, t.memo AS journalmemo,
    TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate, t.lastmodifiedby
FROM transaction t
WHERE UPPER(t.externalid) = ? OR (t.type = 'Journal' AND t.memo LIKE ?)
ORDER BY t.id
