-- name: journal_lines(journal)
-- The lines of one journal in the primary book, amounts in its own currency. SuiteQL.
-- returns: one row per line
-- used by: adapters/netsuite/reading.py
SELECT
    tl.id, tl.linesequencenumber, tl.subsidiary, tl.department, tl.class, tl.memo,
    tl.debitforeignamount, tl.creditforeignamount, tal.account
FROM transactionline tl
JOIN transactionaccountingline tal
    ON tal.transaction = tl.transaction AND tal.transactionline = tl.id
WHERE
    tl.transaction = ?
    AND tal.accountingbook = (SELECT ab.id FROM accountingbook ab WHERE ab.isprimary = 'T')
ORDER BY tl.linesequencenumber, tl.id
