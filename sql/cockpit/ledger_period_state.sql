-- name: ledger_period_state(code)
-- Whether the ledger's period is open, as last seen; no row: not seen yet.
-- used by: cockpit/journals_read.py
SELECT ledger, NOT (closed OR locked) AS open, seen_at
FROM ledger_period
WHERE code = :code;
