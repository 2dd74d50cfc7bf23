-- name: ledger_periods()
-- The ERP's posting periods as last seen.
-- used by: workflows/correct.py
SELECT code, closed, locked
FROM ledger_period
ORDER BY code;
