-- name: forget_ledger_lines(entity, period)!
-- The read-back is taken anew each time.
-- used by: workflows/tie_out.py
DELETE FROM ledger_line
WHERE entity = :entity AND period = :period;
