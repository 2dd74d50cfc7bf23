-- name: journal_state(journal)
-- Whether a journal counts in the general ledger, or waits for the ERP's own approval. SuiteQL.
-- returns: one row
-- used by: adapters/netsuite/posting.py
SELECT t.id AS journal, t.posting FROM transaction t WHERE t.id = ? ORDER BY t.id
