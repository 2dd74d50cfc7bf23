-- name: journal_by_external_id(external_id)
-- The journal that carries our posting key; the comparison is case-sensitive. SuiteQL.
-- returns: one row, or none
-- used by: adapters/netsuite/reading.py
SELECT
    t.id AS journal, t.tranid, t.externalid, t.posting, t.postingperiod,
    TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.currency, t.memo AS journalmemo,
    TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate, t.lastmodifiedby
FROM transaction t
WHERE t.type = 'Journal' AND t.externalid = ?
ORDER BY t.id
