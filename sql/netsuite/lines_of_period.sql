-- name: lines_of_period(period, subsidiary, after_journal)
-- Every journal line of an entity in a period, ours and foreign, with its header: one reading sees
-- header and lines at one moment. SuiteQL.
-- returns: one row per line, ordered by journal
-- used by: adapters/netsuite/reading.py
SELECT
    t.id AS journal, t.tranid, t.externalid, t.posting, t.postingperiod,
    TO_CHAR(t.trandate, 'YYYY-MM-DD') AS trandate, t.currency, t.memo AS journalmemo,
    TO_CHAR(t.lastmodifieddate, 'YYYY-MM-DD HH24:MI:SS') AS lastmodifieddate, t.lastmodifiedby,
    tl.id, tl.linesequencenumber, tl.subsidiary, tl.department, tl.class, tl.memo,
    tl.debitforeignamount, tl.creditforeignamount, tal.account
FROM transactionline tl
JOIN transactionaccountingline tal
    ON tal.transaction = tl.transaction AND tal.transactionline = tl.id
JOIN transaction t ON t.id = tl.transaction
WHERE
    t.type = 'Journal'
    AND t.postingperiod = ?
    AND tl.subsidiary = ?
    AND t.id > ?
    AND tal.accountingbook = (SELECT ab.id FROM accountingbook ab WHERE ab.isprimary = 'T')
ORDER BY t.id, tl.linesequencenumber, tl.id
