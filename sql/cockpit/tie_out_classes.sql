-- name: tie_out_classes(run_ids)
-- The classes of some comparisons.
-- used by: cockpit/tie_out_read.py
SELECT
    run_id, component_class, currency, source_minor, journal_minor, ledger_minor,
    difference_minor
FROM tie_out_row
WHERE run_id = any(:run_ids)
ORDER BY run_id, component_class, currency;
